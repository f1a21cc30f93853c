/**
 * The files and folders, there or not, that decide what the units of a project are and hash to: what a kept answer rests on.
 *
 * @module
 */

import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { conditionOf, packageName, placeOf, tsconfigOf, typesPackage } from "../resolve.ts";
import { DEFAULT_TEMPLATES, templatePath } from "../template.ts";
import type { SpecKind } from "../types.ts";
import type { Workspace } from "../workspace.ts";
import type { Folders } from "./folders.ts";
import { surroundings, type Lookup } from "./lookups.ts";
import { mappedFacts } from "./mapped.ts";
import { tsconfigChain, type TsconfigChain } from "./tsconfig-chain.ts";

export interface FactSources {
  readonly folders: Folders;
  /** Every source, and every file that a hash rests on. */
  readonly files: Iterable<string>;
  readonly lookupsOf: (file: string) => readonly Lookup[];
  readonly specs: readonly { readonly kind: SpecKind; readonly template: string | undefined }[];
}

/** Paths from the root, or absolute; undefined where only resolving imports again could tell what they lead to. */
export function factsOf(workspace: Workspace, { folders, files, lookupsOf, specs }: FactSources): Set<string> | undefined {
  const { root } = workspace.project;
  const facts = new Set<string>([...folders.keys()].map((folder) => (folder === "" ? "." : folder)));
  const around = surroundings(root, folders);
  const followed = new Set<string>();
  const chains = new Map<string, TsconfigChain | undefined>();
  const tsconfigs = new Set<string>();
  for (const file of files) {
    facts.add(file);
    for (let folder = dirname(file); !facts.has(folder); folder = dirname(folder)) {
      facts.add(folder);
      if (folder === "." || basename(folder) === "..") break;
    }
    const tsconfig = tsconfigOf(workspace, file);
    if (tsconfig !== undefined && !chains.has(tsconfig)) chains.set(tsconfig, tsconfigChain(join(root, tsconfig)));
    const chain = chains.get(tsconfig ?? "");
    if (tsconfig !== undefined && chain === undefined) return undefined;
    for (const lookup of lookupsOf(file)) {
      if ("folder" in lookup) continue;
      const { specifier } = lookup;
      const folder = dirname(file) === "." ? "" : dirname(file);
      const key = `${chain?.byFile === true ? file : around(folder).key}\0${specifier}\0${conditionOf(file)}`;
      if (followed.has(key)) continue;
      followed.add(key);
      const found = importFacts(workspace, { specifier, file, chain });
      if (found === undefined) return undefined;
      for (const path of found) facts.add(path);
    }
  }
  for (const chain of chains.values()) {
    // An edit of data is an edit of what it says: of what is read as a tsconfig as well, by another name, it would be more.
    if ([...(chain?.files ?? [])].some((path) => basename(path) !== "tsconfig.json" && facts.has(relative(root, path).split(sep).join("/")))) return undefined;
    for (const path of chain?.facts ?? []) tsconfigs.add(path);
  }
  for (const path of tsconfigs) facts.add(path);
  for (const { file } of Object.values(DEFAULT_TEMPLATES)) facts.add(file);
  const templates = new Map(specs.map(({ kind, template }) => [`${kind} ${template ?? ""}`, { kind, options: { template } }]));
  for (const user of templates.values()) {
    const path = relative(root, templatePath(workspace.project, user).path);
    // An edit of a source is an edit of what it holds; of one that is a template as well it would be more.
    if (facts.has(path) && !Object.values(DEFAULT_TEMPLATES).some(({ file }) => file === path)) return undefined;
    facts.add(path);
  }
  return facts;
}

interface Import {
  readonly specifier: string;
  readonly file: string;
  readonly chain: TsconfigChain | undefined;
}

/** What decides where an import leads that is no plain relative one; undefined where there is no telling. */
function importFacts(workspace: Workspace, { specifier, file, chain }: Import): readonly string[] | undefined {
  const targets = chain?.targetsOf(specifier) ?? [];
  if (targets.length === 0) return packageFacts(workspace, specifier, file);
  const mapped = mappedFacts(workspace, specifier, file, targets);
  if (mapped === undefined || mapped.ends) return mapped?.facts;
  const more = packageFacts(workspace, specifier, file);
  return more === undefined ? undefined : [...mapped.facts, ...more];
}

/**
 * What Node's search for a package looks at on its way to where it ends: `node_modules` and `package.json` of each folder upward, then
 * inside the package every folder and manifest down to the file. Where the search takes another way there is no telling.
 */
function packageFacts(workspace: Workspace, specifier: string, file: string): string[] | undefined {
  const name = packageName(specifier);
  const place = placeOf(workspace, specifier, file);
  // Only what code was found for ended its search there.
  if (name === undefined || place === undefined) return undefined;
  const facts: string[] = [];
  for (let folder = dirname(join(workspace.project.root, file)); ; folder = dirname(folder)) {
    const home = join(folder, "node_modules");
    facts.push(join(folder, "package.json"), home, join(home, name), join(home, "@types"), join(home, typesPackage(name)));
    const inside = insidePackage(join(home, name), place);
    if (inside !== undefined) return [...facts, dirname(join(home, name)), ...inside];
    if (dirname(folder) === folder) return undefined;
  }
}

/** From the file in a package up to the package's own folder; undefined when it lies elsewhere. */
function insidePackage(folder: string, place: string): string[] | undefined {
  let real: string;
  try {
    real = realpathSync(folder);
  } catch (cause) {
    // Not this folder: the search went on.
    if (cause instanceof Error && "code" in cause) return undefined;
    throw cause;
  }
  const facts = [place];
  for (let up = dirname(place); ; up = dirname(up)) {
    facts.push(up, join(up, "package.json"));
    if (up === real) return facts;
    if (dirname(up) === up) return undefined;
  }
}
