/**
 * Programs that are deployed as JavaScript alone, with a sealed bundle in place of sources and store.
 *
 * @module
 */

import { hash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { VibesafeCheckpointMissing, VibesafeHashMismatch, VibesafeUsageError } from "../errors.ts";
import { CONFIG_FILE } from "../project/project.ts";
import { BUNDLE_FILE, parseBundle, type Bundle, type BundledUnit } from "../spec/bundle.ts";
import { concerning } from "../spec/concerning.ts";
import { readBuild, readDeployed } from "../spec/deployed.ts";
import { fileWindow } from "../spec/file-window.ts";
import { installedDifferences, otherPackages } from "../spec/installed.ts";
import { splitUnitId } from "../spec/unit-id.ts";
import { constInTurn, wasNameless, type SourceText } from "./arrow-order.ts";
import { isTypeScript, sourcePosition, type CallSite } from "./call-site.ts";
import { codeText } from "./code-text.ts";
import type { VerifiedCode } from "./evaluate.ts";
import { compiledBeside } from "./importer.ts";
import { realPath } from "./real-path.ts";
import type { Importer } from "./require.ts";
import type { Stub } from "./unit.ts";
import { functionName } from "./unit-name.ts";
import { isRenamed, saidAt, single, whichUnit } from "./which-unit.ts";

interface Sealed {
  readonly root: string;
  /** There is a configuration beside the bundle: sources are deployed too, and are checked. */
  readonly configured: boolean;
  readonly bundle: Bundle;
}

const REMEDY = "run `vibe build`, and deploy what it writes with the program";

/**
 * The code of the unit that was declared at `site`, from the bundle; undefined where no bundle is deployed, or the source beside it has
 * to be checked.
 *
 * @throws VibesafeHashMismatch when the bundle was changed
 * @throws VibesafeCheckpointMissing when it does not hold the unit
 */
export function sealedCode(site: CallSite | { readonly script: string }, stub: Stub): VerifiedCode | undefined {
  if (!("file" in site) || process.env["VIBESAFE_ENV"] === "dev") return undefined;
  const sealed = sealedAt(dirname(realPath(site.file)));
  if (sealed === undefined) return undefined;
  const position = sourcePosition(site);
  if (sealed.configured && isTypeScript(position.file) && existsSync(position.file)) return undefined;
  const file = relative(realOr(sealed.root), realOr(position.file)).split(sep).join("/");
  const unit = stub.unit === undefined ? identify(sealed.bundle, { ...position, site, file }, stub) : sealed.bundle.units.get(stub.unit);
  if (unit === undefined) throw notFound(stub.unit, site.file, stub.name);
  // A shim asks for the unit of another file.
  const beside = unit.file === file ? undefined : compiledBeside(join(sealed.root, unit.file), join(sealed.root, file), site);
  return codeIn(sealed, unit, { ...(beside ?? { file: site.file, esm: site.esm }), root: sealed.root });
}

/** The same for a unit that is asked for by its id; undefined where no bundle is deployed, or there are sources to be checked. */
export function sealedCodeOf(id: string, folder: string): VerifiedCode | undefined {
  if (process.env["VIBESAFE_ENV"] === "dev") return undefined;
  const sealed = sealedAt(folder);
  if (sealed === undefined || sealed.configured) return undefined;
  const unit = sealed.bundle.units.get(id);
  if (unit === undefined) throw notFound(id, folder, "");
  return codeIn(sealed, unit, {
    // Only code that imports something asks for it.
    get file() {
      const scripts = [unit.file.replace(/\.([cm]?)tsx?$/, ".$1js"), unit.file].map((file) => join(sealed.root, file));
      return scripts.find((file) => existsSync(file)) ?? join(sealed.root, BUNDLE_FILE);
    },
    esm: true,
    root: sealed.root,
  });
}

let burst: Map<string, Sealed | undefined> | undefined;

/** The bundle in the nearest folder upward that has one or a configuration; read once in a turn of the event loop. */
export function sealedAt(folder: string): Sealed | undefined {
  if (burst === undefined) {
    burst = new Map();
    setImmediate(forgetBundles).unref();
  }
  const known = burst;
  if (known.has(folder)) return known.get(folder);
  const path = join(folder, BUNDLE_FILE);
  const parent = dirname(folder);
  const found = existsSync(path)
    ? { root: folder, configured: existsSync(join(folder, CONFIG_FILE)), bundle: parseBundle(fileWindow(path), path) }
    : parent === folder || existsSync(join(folder, CONFIG_FILE))
      ? undefined
      : sealedAt(parent);
  known.set(folder, found);
  return found;
}

export function forgetBundles(): void {
  burst = undefined;
}

interface Place {
  readonly site: CallSite;
  /** Of the source, from the root of the bundle. */
  readonly file: string;
  readonly line: number | undefined;
  readonly column?: number;
  /** Of the source that was compiled, where that is known. */
  readonly text?: string;
}

/** By the place in the source where a source map tells it, else by the name where only one unit can be meant. */
function identify({ units, inFile, read }: Bundle, { site, file, line, column, text }: Place, { name, method, fn }: Stub): BundledUnit | undefined {
  // A method does not know its class: what stands before the dot is any.
  const nameOf = ({ id }: BundledUnit): string => splitUnitId(id).name.replace(method === undefined ? "" : /^.*\./, "");
  const isAsked = (unit: BundledUnit): boolean => splitUnitId(unit.id).name.includes(".") === (method !== undefined) && (method === undefined || nameOf(unit) === name);
  const here = inFile(file).filter(isAsked);
  const isAt = line === undefined ? undefined : ({ lines: [first, last] }: BundledUnit): boolean => first <= line && line <= last;
  // Lines alone tell a unit only in the text that was sealed.
  const isOf = ({ commit }: BundledUnit): boolean => text === undefined || readDeployed(read, commit)?.witness.files[file] === hash("sha256", text, "hex");
  if (method !== undefined && here.length > 0) return single(here) ?? (method.placed && isAt !== undefined ? single(here.filter((unit) => isAt(unit) && isOf(unit))) : undefined);
  const said = method === undefined ? saidAt(site, name) : { declared: name, own: name };
  const word = said.declared ?? said.own;
  // A source that runs as it is has to be the one that was sealed for its places to count.
  if (word === "" && column !== undefined) {
    const source = sourceText(site.file);
    const called = wasNameless(fn) ? constInTurn(site, source) : undefined;
    return single(here.filter((unit) => nameOf(unit) === called && readDeployed(read, unit.commit)?.witness.files[file] === source.digest));
  }
  if (here.length > 0) return whichUnit(here, { nameOf, isAt: isAt && ((unit) => isAt(unit) && (word !== "" || isOf(unit))) }, said);
  const all = [...units.values()].filter(isAsked);
  const called = all.filter((unit) => nameOf(unit) === word);
  const module = basename(file).replace(/\.[^.]+$/, "");
  const inModule = single(called.filter((unit) => basename(unit.file).replace(/\.[^.]+$/, "") === module));
  if (inModule !== undefined && said.declared !== undefined) return inModule;
  // The name that a compiler gave one unit may be another's.
  return all.some((unit) => isRenamed(word, nameOf(unit))) ? undefined : (inModule ?? single(called));
}

function sourceText(file: string): SourceText {
  const bytes = readFileSync(file);
  return { text: bytes.toString("utf8"), digest: hash("sha256", bytes, "hex") };
}

function codeIn(sealed: Sealed, unit: BundledUnit, importer: Importer): VerifiedCode {
  return concerning(unit, () => readCode(sealed, unit, importer));
}

function readCode({ root, bundle }: Sealed, { id, commit, file }: BundledUnit, importer: Importer): VerifiedCode {
  const found = readDeployed(bundle.read, commit);
  if (found === undefined) {
    throw new VibesafeCheckpointMissing(`the bundle's save of ${id} cannot be run: it was sealed by vibesafe ${bundle.vibesafe}`, { unit: id, remedy: REMEDY });
  }
  if (found.unit !== id) throw new VibesafeHashMismatch(`the bundle gives a save of ${found.unit} for ${id}`, { unit: id, remedy: REMEDY });
  // A package that a bundler made part of the program is not installed; it was looked at when the bundle was sealed.
  const differences = found.dependencies === undefined ? [] : installedDifferences(found.dependencies, dirname(join(root, file)));
  const others = differences.filter(({ installed }) => installed !== undefined);
  if (others.length > 0) throw otherPackages(id, others);
  return { unit: id, name: functionName(found.unit), checkpoint: found.checkpointHash, js: codeText(readBuild(bundle.read, found)), importer };
}

function notFound(unit: string | undefined, place: string, name: string): VibesafeCheckpointMissing | VibesafeUsageError {
  if (unit !== undefined) return new VibesafeCheckpointMissing(`${BUNDLE_FILE} has no unit ${unit}`, { unit, remedy: REMEDY });
  return new VibesafeUsageError(`${place}: cannot tell which unit of ${BUNDLE_FILE} ${name === "" ? "a function without a name" : name} is`, {
    remedy: 'name the unit: vibesafe.func({ unit: "module.path/name" }, …), or build with source maps; if it is new, run `vibe build`',
  });
}

function realOr(path: string): string {
  return existsSync(path) ? realpathSync.native(path) : path;
}
