/**
 * Everything that a spec's signature, pre-hole code and doc statements name, transitively and by declaration.
 *
 * @module
 */

import { VibesafeTypeError } from "../errors.ts";
import { declarationInfo, ownClassInfo, type CodeTarget, type DeclarationInfo } from "./deps/declaration.ts";
import { docNames } from "./deps/doc.ts";
import { functionOf, headerOf, moduleOf, overloadsOf } from "./deps/function.ts";
import { namesIn, type Named } from "./deps/names.ts";
import { referenceOf, unitsOfClass, type Lookup, type Target } from "./deps/target.ts";
import { showOverloads } from "./explain/signature.ts";
import { schemaNodes } from "./http.ts";
import type { HashedSpec, Spec, SpecDependencies } from "./types.ts";
import type { Workspace } from "./workspace.ts";

export interface Collected {
  readonly deps: SpecDependencies;
  /** Files of the project that were read, the spec's own included, and the `package.json` of packages; sorted. */
  readonly files: readonly string[];
  readonly sources: HashedSpec["sources"];
}

type Names = Record<string, string>;

/** A declaration as H_spec has it, with the files that it was read from. */
interface Declared {
  readonly files: readonly string[];
  readonly code: string;
  readonly names: Names;
}

/** What is collected; plain objects at the end, maps on the way: a name may be `__proto__`. */
interface Collection {
  readonly spec: Spec;
  readonly workspace: Workspace;
  readonly declarations: Map<string, Declared>;
  readonly packages: Map<string, Set<string>>;
  readonly units: Map<string, { signature: string; doc: string; names: Names }>;
  /** What the declarations were read from. */
  readonly infos: Map<string, DeclarationInfo>;
  readonly touched: Set<string>;
  readonly todo: Target[];
}

/**
 * Follows the names of `spec` to declarations, packages and other units. A unit counts by its signature, doc and the types that its
 * signature names; vibesafe itself and globals do not count.
 *
 * @throws VibesafeTypeError when a name's module does not resolve, or two files of one module path are both used
 */
export function collectDependencies(workspace: Workspace, spec: Spec): Collected {
  const touched = new Set([spec.file]);
  const lookup: Lookup = { workspace, touched };
  const module = moduleOf(workspace, spec);
  const named = new Map(namesIn(lookup, module, [...overloadsOf(workspace, spec), functionOf(workspace, spec), ...schemaNodes(workspace, spec)]));
  for (const [name, target] of docNames(lookup, module, spec)) named.set(name, target);
  return collectNamed(workspace, spec, named, touched);
}

/**
 * What `named` leads to, transitively, as `spec` sees it.
 *
 * @param touched - files that were read to find `named`
 */
export function collectNamed(workspace: Workspace, spec: Spec, named: Named, touched: Set<string>): Collected {
  const collection: Collection = {
    spec,
    workspace,
    declarations: new Map(),
    packages: new Map(),
    units: new Map(),
    infos: new Map(),
    touched,
    todo: [],
  };
  const { names, targets } = referencesOf(named, `unit:${spec.id}`);
  collection.todo.push(...targets);
  for (let target = collection.todo.pop(); target !== undefined; target = collection.todo.pop()) visit(collection, target);
  return {
    deps: {
      names,
      declarations: record([...collection.declarations].map(([key, { code, names: own }]) => [key, { code, names: own }])),
      packages: record([...collection.packages].map(([name, versions]) => [name, [...versions].sort().join(" ")])),
      units: record([...collection.units]),
    },
    files: [...collection.touched].sort(),
    get sources() {
      return sourcesOf(collection.infos);
    },
  };
}

function sourcesOf(infos: ReadonlyMap<string, DeclarationInfo>): HashedSpec["sources"] {
  const withText = [...infos].filter(([, { text }]) => text !== "");
  return new Map(withText.sort(byKey).map(([reference, { file, line, text }]) => [reference, { file, line, text }]));
}

interface References {
  readonly names: Names;
  /** What the names lead to: still to visit. */
  readonly targets: readonly Target[];
}

const references = new WeakMap<Named, References>();

/** Of what many units name; not to be changed. */
function sharedReferences(named: Named): References {
  let known = references.get(named);
  if (known === undefined) references.set(named, (known = referencesOf(named)));
  return known;
}

/** Names to references. */
function referencesOf(named: Named, except?: string): References {
  const names: [string, string][] = [];
  const targets: Target[] = [];
  for (const [name, target] of named) {
    const reference = referenceOf(target);
    if (reference === undefined || reference === except) continue;
    names.push([name, reference]);
    targets.push(target);
    if (target.kind !== "declaration" || target.types === undefined) continue;
    const types = referenceOf(target.types);
    if (types !== undefined && types !== reference) names.push([`${name} (types)`, types]);
    targets.push(target.types);
  }
  return { names: record(names), targets };
}

function visit(collection: Collection, target: Target): void {
  switch (target.kind) {
    case "declaration":
    case "data":
      visitDeclaration(collection, target);
      break;
    case "package": {
      for (const { name, version } of [target, ...(target.types === undefined ? [] : [target.types])]) {
        const versions = collection.packages.get(name) ?? new Set();
        collection.packages.set(name, versions.add(version));
      }
      break;
    }
    case "unit":
      visitUnit(collection, target.spec);
      break;
    case "builtin":
    case "none":
  }
}

function visitDeclaration(collection: Collection, target: CodeTarget): void {
  const reference = referenceOf(target) ?? "";
  const known = collection.declarations.get(reference);
  if (known?.files.includes(target.file) === true) return;
  const { spec, workspace } = collection;
  const { method } = spec;
  const own = method !== undefined && target.file === spec.file && target.name === method.className;
  const info = own ? ownClassInfo(workspace, target, { name: spec.name, isStatic: method.isStatic }) : declarationInfo(workspace, target);
  for (const unit of unitsOfClass(workspace, target)) if (unit.id !== spec.id) collection.todo.push({ kind: "unit", spec: unit });
  for (const file of info.touched) collection.touched.add(file);
  const { names, targets } = sharedReferences(info.names);
  collection.todo.push(...targets);
  if (known === undefined) {
    collection.declarations.set(reference, { files: [info.file], code: info.code, names });
    collection.infos.set(reference, info);
    return;
  }
  const other = known.files[0] ?? "";
  if (!isTypes(other) && !isTypes(info.file)) {
    throw new VibesafeTypeError(`${other} and ${info.file} have the same module path, and both declare ${target.name}`, {
      unit: collection.spec.id,
      remedy: "rename one of the two files",
    });
  }
  collection.declarations.set(reference, join(known, info, names));
}

/** JavaScript and the declaration file beside it are one declaration, code first. */
function join(known: Declared, info: DeclarationInfo, names: Names): Declared {
  const all = new Map(Object.entries(known.names));
  for (const [name, reference] of Object.entries(names)) {
    const taken = all.get(name);
    all.set(taken === undefined || taken === reference ? name : `${name} (types)`, reference);
  }
  const code = isTypes(info.file) ? `${known.code}\n${info.code}` : `${info.code}\n${known.code}`;
  return { files: [...known.files, info.file], code, names: record([...all]) };
}

function isTypes(file: string): boolean {
  return /\.d\.[cm]?ts$/.test(file);
}

function visitUnit(collection: Collection, unit: Spec): void {
  if (collection.units.has(unit.id) || unit.id === collection.spec.id) return;
  collection.touched.add(unit.file);
  const lookup: Lookup = { workspace: collection.workspace, touched: collection.touched };
  const header = [...overloadsOf(collection.workspace, unit), headerOf(functionOf(collection.workspace, unit))];
  const named = namesIn(lookup, moduleOf(collection.workspace, unit), header);
  const { names, targets } = referencesOf(named);
  collection.units.set(unit.id, { signature: showOverloads(unit.name, unit.signature), doc: unit.doc, names });
  // Visited later: two units may name each other.
  collection.todo.push(...targets);
}

function record<T>(entries: (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.length > 1 ? entries.sort(byKey) : entries);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
