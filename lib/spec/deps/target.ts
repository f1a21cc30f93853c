/**
 * What a name leads to: through imports, re-exports and barrels to the declaration, package, built-in or unit behind it.
 *
 * @module
 */

import { VibesafeTypeError } from "../../errors.ts";
import { isData } from "./data.ts";
import type { Declaration, Module } from "../parse.ts";
import { perWorkspace } from "../per-workspace.ts";
import { resolveImport, tsconfigOf, type Installed } from "../resolve.ts";
import { findSpec } from "../find-spec.ts";
import { isShim, readShim } from "../shims.ts";
import type { Span, Spec } from "../types.ts";
import { fromRoot, readSpecs, type Workspace } from "../workspace.ts";

export type Target =
  /** A declaration of a project's file; `*` is the whole module. */
  | { readonly kind: "declaration"; readonly file: string; readonly name: string; readonly types?: Target }
  /** A file that is no code, or one property of a JSON file. */
  | { readonly kind: "data"; readonly file: string; readonly name: string }
  | { readonly kind: "package"; readonly reference: string; readonly name: string; readonly version: string; readonly types?: Installed }
  | { readonly kind: "builtin"; readonly reference: string }
  | { readonly kind: "unit"; readonly spec: Spec }
  /** A global, or vibesafe itself: no dependency. */
  | { readonly kind: "none" };

/** One look-up; collects the files that it read on the way. */
export interface Lookup {
  readonly workspace: Workspace;
  /** POSIX paths from the project root. */
  readonly touched: Set<string>;
}

const NONE: Target = { kind: "none" };

const references = new WeakMap<Target, string>();

/** The reference of a target as `SpecDependencies` spells it; undefined for what is no dependency. */
export function referenceOf(target: Target): string | undefined {
  let reference = references.get(target);
  if (reference === undefined) {
    reference = spell(target);
    if (reference !== undefined) references.set(target, reference);
  }
  return reference;
}

function spell(target: Target): string | undefined {
  switch (target.kind) {
    case "declaration":
      return `${modulePath(target.file)}#${target.name}`;
    case "data":
      return `${target.file.normalize("NFC")}#${target.name}`;
    case "package":
    case "builtin":
      return target.reference;
    case "unit":
      return `unit:${target.spec.id}`;
    case "none":
      return undefined;
  }
}

/** A file's path from the root without extension, in Unicode's composed form: what its references begin with. */
function modulePath(file: string): string {
  return file.replace(/(?:\.d)?\.[cm]?[jt]sx?$/, "").normalize("NFC");
}

interface Meaning {
  readonly target: Target;
  /** Files that were read to find it. */
  readonly touched: ReadonlySet<string>;
}

/** A module belongs to one workspace, in which no file changes. */
const meanings = new WeakMap<Module, Map<string, Meaning>>();

/** What `name` means at the top level of `module`; a name that it neither declares nor imports is global. */
export function lookUpLocal(lookup: Lookup, module: Module, name: string): Target {
  let known = meanings.get(module);
  if (known === undefined) meanings.set(module, (known = new Map()));
  let meaning = known.get(name);
  if (meaning === undefined) {
    const touched = new Set<string>();
    const target = findLocal({ workspace: lookup.workspace, touched }, module, name);
    known.set(name, (meaning = { target, touched }));
  }
  for (const file of meaning.touched) lookup.touched.add(file);
  return meaning.target;
}

function findLocal(lookup: Lookup, module: Module, name: string): Target {
  const declarations = module.declarations.get(name);
  if (declarations !== undefined) {
    const file = fileOf(lookup, module);
    const unit = unitOf(lookup.workspace, file, declarations);
    return unit === undefined ? { kind: "declaration", file, name } : { kind: "unit", spec: unit };
  }
  const imported = module.imports.find(({ local }) => local === name);
  if (imported !== undefined) return lookUpImport(lookup, module, imported.specifier, imported.imported);
  return module.globals.has(name) ? { kind: "declaration", file: fileOf(lookup, module), name } : NONE;
}

/**
 * What `imported` of the module `specifier` means; `*` is the whole of it.
 *
 * @throws VibesafeTypeError when the module does not resolve or exports no such name
 */
export function lookUpImport(lookup: Lookup, module: Module, specifier: string, imported: string): Target {
  const found = tryImport(lookup, module, specifier, imported, new Set());
  if (found !== undefined) return found;
  const place = `${fileOf(lookup, module)}:${lineOfSpecifier(module, specifier)}`;
  throw new VibesafeTypeError(`${place}: "${specifier}" exports no ${imported === "default" ? "default" : `"${imported}"`}`, {
    remedy: "import a name that it exports",
  });
}

/** Every name that a module exports, `export *` included, with what it means; those of packages come as `*` of the package. */
export function exportsOf(lookup: Lookup, module: Module, seen: Set<string> = new Set()): Map<string, Target> {
  const found = new Map<string, Target>();
  const file = fileOf(lookup, module);
  if (seen.has(file)) return found;
  seen.add(file);
  for (const name of module.exports.named.keys()) {
    const target = exported(lookup, module, name, new Set());
    if (target !== undefined) found.set(name, target);
  }
  for (const specifier of module.exports.stars) {
    const whole = lookUpImport(lookup, module, specifier, "*");
    const other = whole.kind === "declaration" ? lookup.workspace.module(whole.file) : undefined;
    if (other === undefined) found.set(`* ${specifier}`, whole);
    else for (const [name, target] of exportsOf(lookup, other, seen)) if (name !== "default" && !found.has(name)) found.set(name, target);
  }
  return found;
}

/** Whether a file is CommonJS JavaScript: its exports are what running it leaves behind, so only the whole file is plain to see. */
export function isCommonJs(module: Module): boolean {
  if (module.lang !== "jsx" || module.program.sourceType === "module") return false;
  return /\b(?:exports|require)\b/.test(module.source);
}

function tryImport(lookup: Lookup, module: Module, specifier: string, imported: string, seen: Set<string>): Target | undefined {
  if (specifier === "vibesafe" || specifier.startsWith("vibesafe/")) return NONE;
  const { workspace, touched } = lookup;
  const from = fileOf(lookup, module);
  const resolved = resolveImport(workspace, specifier, from, lineOfSpecifier(module, specifier));
  if (resolved.kind === "builtin") return { kind: "builtin", reference: `${resolved.name}#${imported}` };
  const tsconfig = tsconfigOf(workspace, from);
  if (tsconfig !== undefined) touched.add(tsconfig);
  if (resolved.kind === "package") {
    touched.add(resolved.manifest);
    if (resolved.types !== undefined) touched.add(resolved.types.manifest);
    return { ...resolved, reference: `npm:${specifier}#${imported}` };
  }
  touched.add(resolved.file);
  if (isData(resolved.file)) return { kind: "data", file: resolved.file, name: imported === "*" ? "default" : imported };
  const code = inFile(lookup, resolved.file, imported, seen);
  if (resolved.types === undefined) return code;
  touched.add(resolved.types);
  const types = inFile(lookup, resolved.types, imported, seen);
  return code?.kind === "declaration" && types !== undefined ? { ...code, types } : (code ?? types);
}

function inFile(lookup: Lookup, file: string, imported: string, seen: Set<string>): Target | undefined {
  const module = lookup.workspace.module(file);
  if (module === undefined) throw new VibesafeTypeError(`${file}: vanished while it was read`, { remedy: "run the command again" });
  if (imported === "*" || isCommonJs(module)) return { kind: "declaration", file, name: "*" };
  return exported(lookup, module, imported, seen);
}

/** What a module exports as `name`; undefined when it exports no such name. A circle of re-exports exports nothing. */
function exported(lookup: Lookup, module: Module, name: string, seen: Set<string>): Target | undefined {
  const file = fileOf(lookup, module);
  const key = `${file}\0${name}`;
  if (seen.has(key)) return undefined;
  seen.add(key);
  const own = module.exports.named.get(name);
  if (own !== undefined) {
    if ("specifier" in own) return tryImport(lookup, module, own.specifier, own.imported, seen);
    const target = lookUpLocal(lookup, module, own.local);
    return target.kind === "none" && !isKnown(module, own.local) ? undefined : target;
  }
  if (name === "default") return undefined;
  let outside: Target | undefined;
  for (const specifier of module.exports.stars) {
    const target = tryImport(lookup, module, specifier, name, seen);
    if (target === undefined) continue;
    if (target.kind !== "package" && target.kind !== "builtin") return target;
    // Whether a package exports the name would take reading it: a file that does goes first.
    outside ??= target;
  }
  return outside ?? (hasExportAssignment(module) ? exported(lookup, module, "default", seen) : undefined);
}

function isKnown(module: Module, name: string): boolean {
  return module.declarations.has(name) || module.imports.some(({ local }) => local === name);
}

/** `export = value`: every import is of a property of it. */
function hasExportAssignment(module: Module): boolean {
  return module.program.body.some(({ type }) => type === "TSExportAssignment");
}

const specsOf = perWorkspace(() => new Map<string, readonly Spec[]>());

/** The unit that a declaration makes, or that a shim passes on, if there is one. A class holds its units; it is none. */
function unitOf(workspace: Workspace, file: string, declarations: readonly Declaration[]): Spec | undefined {
  if (declarations.some(({ kind }) => kind === "class")) return undefined;
  const isIn = ({ call }: { readonly call: Span }): boolean => declarations.some(({ node }) => node.start <= call.start && call.end <= node.end);
  const text = workspace.text(file) ?? "";
  const passed = isShim(text) ? readShim(text).find(isIn) : undefined;
  return passed === undefined ? unitsIn(workspace, file).find(isIn) : findSpec(workspace, passed.unit);
}

/** The units that are methods of a class. */
export function unitsOfClass(workspace: Workspace, { file, name }: { readonly file: string; readonly name: string }): readonly Spec[] {
  return unitsIn(workspace, file).filter(({ method }) => method?.className === name);
}

function unitsIn(workspace: Workspace, file: string): readonly Spec[] {
  const known = specsOf(workspace);
  let specs = known.get(file);
  if (specs === undefined) {
    specs = workspace.text(file)?.includes("vibesafe") === true ? readSpecs(workspace, file).specs : [];
    known.set(file, specs);
  }
  return specs;
}

function fileOf(lookup: Lookup, module: Module): string {
  return fromRoot(lookup.workspace.project, module.file);
}

/** Line of the statement that imports `specifier`, or of the first import expression that does; 1 when there is none. */
function lineOfSpecifier(module: Module, specifier: string): number {
  for (const statement of module.program.body) {
    if ("source" in statement && statement.source !== null && statement.source.value === specifier) return module.lineOf(statement.start);
  }
  const at = module.source.indexOf(JSON.stringify(specifier));
  return at === -1 ? 1 : module.lineOf(at);
}
