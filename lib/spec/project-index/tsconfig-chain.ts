/**
 * A tsconfig with all that it rests on: what it extends, what it refers to, and where it sends imports.
 *
 * Told is rather too much than too little: of what a resolver tries one after the other every candidate counts, whether it is there or
 * not. Where it cannot be told there is no chain.
 *
 * @module
 */

import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { packageName } from "../resolve.ts";

export interface TsconfigChain {
  /** Absolute paths, there or not, that decide what the chain is. */
  readonly facts: ReadonlySet<string>;
  /** Absolute paths of the files that are read, links followed. */
  readonly files: ReadonlySet<string>;
  /** What an import leads to may depend on the importing file, not just on its folder. */
  readonly byFile: boolean;
  /** Where `paths` and `baseUrl` may send a specifier, without extension where it has none; absolute paths. */
  targetsOf(specifier: string): string[];
}

interface PathRule {
  readonly pattern: string;
  readonly target: string;
  /** Folder of the tsconfig; undefined for a target below `${configDir}`. */
  readonly folder: string | undefined;
}

interface Reading {
  readonly facts: Set<string>;
  readonly files: Set<string>;
  readonly seen: Set<string>;
  readonly folders: Set<string>;
  readonly bases: Set<string>;
  readonly paths: PathRule[];
  readonly found: { references: boolean };
}

/** @param path - absolute, of a tsconfig. @returns undefined where files alone do not tell what it says */
export function tsconfigChain(path: string): TsconfigChain | undefined {
  const chain: Reading = { facts: new Set(), files: new Set(), seen: new Set(), folders: new Set(), bases: new Set(), paths: [], found: { references: false } };
  try {
    follow(chain, path);
  } catch (error) {
    // What is not understood or cannot be read here takes the resolver itself.
    if (error instanceof SyntaxError || (error instanceof Error && "code" in error)) return undefined;
    throw error;
  }
  const { facts, files, folders, bases, paths, found } = chain;
  return {
    facts,
    files,
    byFile: found.references,
    targetsOf(specifier) {
      if (/^[./]/.test(specifier)) return [];
      const mapped = paths.flatMap(({ pattern, target, folder }) => {
        const filled = fill(pattern, target, specifier);
        return filled === undefined ? [] : (folder === undefined ? [...folders] : [folder, ...bases]).map((home) => resolve(home, filled));
      });
      return [...new Set([...mapped, ...[...bases].map((base) => resolve(base, specifier))])];
    },
  };
}

/** A path as `extends` and `references` give it: of a file, of a folder, or without `.json`. @returns whether it leads to a file */
function follow(chain: Reading, path: string): boolean {
  chain.facts.add(path);
  const there = statSync(path, { throwIfNoEntry: false });
  const file = there === undefined ? `${path}.json` : there.isDirectory() ? join(path, "tsconfig.json") : path;
  chain.facts.add(file);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  if (!chain.seen.has(file)) readConfig(chain, file);
  return true;
}

function readConfig(chain: Reading, file: string): void {
  chain.seen.add(file);
  const real = realpathSync(file);
  chain.files.add(real);
  const config = readJson(file);
  // Relative paths begin where the file is found or where it really lies, as the resolver likes.
  for (const folder of new Set([dirname(file), dirname(real)])) {
    chain.folders.add(folder);
    for (const specifier of textsIn(config["extends"])) {
      if (/^[./]/.test(specifier)) follow(chain, resolve(folder, specifier));
      else followPackage(chain, folder, specifier);
    }
    for (const reference of listIn(config["references"])) {
      chain.found.references = true;
      for (const path of textsIn(recordIn(reference)["path"])) follow(chain, resolve(folder, path));
    }
    readOptions(chain, folder, recordIn(config["compilerOptions"]));
  }
}

function readOptions(chain: Reading, folder: string, options: Readonly<Record<string, unknown>>): void {
  // Both add places to look for relative imports.
  if (options["rootDirs"] !== undefined || options["moduleSuffixes"] !== undefined) throw untold("rootDirs");
  for (const base of textsIn(options["baseUrl"])) chain.bases.add(resolve(folder, plain(base)));
  for (const [pattern, targets] of Object.entries(recordIn(options["paths"]))) {
    for (const text of textsIn(targets)) {
      const target = text.replace(/^\$\{configDir\}\//, "./");
      chain.paths.push({ pattern, target: plain(target), folder: target === text ? folder : undefined });
    }
  }
}

function plain(path: string): string {
  if (path.includes("${")) throw untold(path);
  return path;
}

/** Caught above: nobody reads it. */
function untold(what: string): SyntaxError {
  return new SyntaxError(`only the resolver knows what ${what} means`);
}

/** A specifier of a package in `extends`: looked for in `node_modules` of each folder upward. */
function followPackage(chain: Reading, from: string, specifier: string): void {
  const name = packageName(specifier);
  if (name === undefined) throw untold(specifier);
  for (let folder = from; ; folder = dirname(folder)) {
    const own = join(folder, "package.json");
    const home = join(folder, "node_modules");
    const place = join(home, name);
    for (const path of [own, home, place]) chain.facts.add(path);
    // A package may name itself.
    if (statSync(own, { throwIfNoEntry: false }) !== undefined && readJson(own)["name"] === name) throw untold(specifier);
    if (followInside(chain, place, specifier.slice(name.length + 1))) return;
    if (dirname(folder) === folder) throw untold(specifier);
  }
}

function followInside(chain: Reading, place: string, rest: string): boolean {
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  const path = join(place, "package.json");
  chain.facts.add(path);
  const manifest = statSync(path, { throwIfNoEntry: false }) === undefined ? {} : readJson(path);
  // What is exported under which name takes rules of its own.
  if (manifest["exports"] !== undefined) throw untold("exports");
  if (rest === "") {
    const main = textsIn(manifest["main"]).map((entry) => follow(chain, join(place, entry)));
    return [...main, follow(chain, join(place, "tsconfig"))].includes(true);
  }
  const target = join(place, rest);
  // A manifest inside would send it on.
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true) throw untold(target);
  return follow(chain, target);
}

/** `target` with what the star of `pattern` stands for in `specifier`; undefined where they do not match. */
function fill(pattern: string, target: string, specifier: string): string | undefined {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === specifier ? target : undefined;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  if (!specifier.startsWith(before) || !specifier.endsWith(after)) return undefined;
  return target.replaceAll("*", () => specifier.slice(before.length, specifier.length - after.length));
}

/** JSON with comments and trailing commas. */
function readJson(file: string): Readonly<Record<string, unknown>> {
  const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  const bare = text.replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, quoted: string | undefined) => quoted ?? " ");
  const json: unknown = JSON.parse(bare.replace(/("(?:[^"\\\n]|\\.)*")|,(?=\s*[\]}])/g, (_, quoted: string | undefined) => quoted ?? " "));
  return recordIn(json);
}

function recordIn(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw untold(typeof value);
  return Object.fromEntries(Object.entries(value));
}

function listIn(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw untold(typeof value);
  return value;
}

/** One text, or a list of them. */
function textsIn(value: unknown): readonly string[] {
  return listIn(typeof value === "string" ? [value] : value).map((text) => {
    if (typeof text !== "string" || text === "") throw untold("an empty path");
    return text;
  });
}
