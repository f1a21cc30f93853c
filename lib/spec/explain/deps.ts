/**
 * Changes of what a spec names, in words: which declaration, where it lives, and by which names the spec reaches it.
 *
 * @module
 */

import { added, isSame, modified, removed, short, type Change } from "./change.ts";
import { explainCode } from "./code.ts";
import type { SpecDependencies, SpecMap } from "../types.ts";

/** What the explanation needs of a spec: its dependencies, and the text of its own that names them. */
type Naming = Pick<SpecMap, "signature" | "doc" | "body" | "deps">;

export function explainDependencies(before: Naming, after: Naming): Change[] {
  const [old, now] = [before.deps, after.deps];
  const rewritten = !isSame([before.signature, before.doc, before.body], [after.signature, after.doc, after.body]);
  return [
    ...explainDeclarations(old, now),
    ...explainUnits(old, now),
    ...explainPackages(old, now),
    ...explainNames({ field: "deps.names", whose: "", rewritten, same: sameThing(old, now) }, old.names, now.names),
  ];
}

/** `parseInteger in src/parse`, `the module src/parse`, `zod`, `unit a/b`. */
export function showReference(reference: string): string {
  if (/^(npm|node|unit):/.test(reference)) return reference.replace(/^(npm|unit):/, "");
  const hash = reference.lastIndexOf("#");
  const [module, name] = [reference.slice(0, hash), reference.slice(hash + 1)];
  if (name === "*") return `the module ${module}`;
  return name === "default" ? `the default of ${module}` : `${name} in ${module}`;
}

/** Reference -> the local names that lead to it from the spec, nearest first; references that are named directly have one name. */
export function pathsTo(deps: SpecDependencies): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>();
  let front = sorted(deps.names).map(([name, reference]) => ({ reference, path: [name] as readonly string[] }));
  while (front.length > 0) {
    const next: typeof front = [];
    for (const { reference, path } of front) {
      if (paths.has(reference)) continue;
      paths.set(reference, path);
      for (const [name, target] of sorted(namesOf(deps, reference))) next.push({ reference: target, path: [...path, name] });
    }
    front = next;
  }
  return paths;
}

function namesOf(deps: SpecDependencies, reference: string): Readonly<Record<string, string>> {
  if (reference.startsWith("unit:")) return own(deps.units, reference.slice("unit:".length))?.names ?? {};
  return own(deps.declarations, reference)?.names ?? {};
}

function used(deps: SpecDependencies, reference: string): string {
  const path = pathsTo(deps).get(reference) ?? [];
  return path.length > 1 ? ` (used via ${path.join(" -> ")})` : "";
}

function explainDeclarations(before: SpecDependencies, after: SpecDependencies): Change[] {
  const changes: Change[] = [];
  const same = sameThing(before, after);
  for (const reference of keysOf(before.declarations, after.declarations)) {
    const [old, now] = [own(before.declarations, reference), own(after.declarations, reference)];
    const field = `deps.${reference}`;
    if (old === undefined && now !== undefined) {
      changes.push(added(field, now.code, `Added dependency ${showReference(reference)}${used(after, reference)}`));
    } else if (old !== undefined && now === undefined) {
      changes.push(removed(field, old.code, `Removed dependency ${showReference(reference)}${used(before, reference)}`));
    } else if (old !== undefined && now !== undefined) {
      if (old.code !== now.code) {
        const what = explainCode(old.code, now.code);
        const text = `Modified dependency ${showReference(reference)}${used(after, reference)}${what === "" ? "" : `: ${what}`}`;
        changes.push(modified(field, old.code, now.code, text));
      }
      const whose = `, which ${showReference(reference)} names,`;
      changes.push(...explainNames({ field: `${field}.names`, whose, rewritten: old.code !== now.code, same }, old.names, now.names));
    }
  }
  return joinMoves(changes);
}

/** A declaration that went from one module and came to another with the same code has moved. */
function joinMoves(changes: readonly Change[]): Change[] {
  const left = [...changes];
  for (const gone of changes) {
    if (gone.kind !== "removed") continue;
    const name = nameIn(gone.field);
    const come = left.find((change) => change.kind === "added" && change.after === gone.before && nameIn(change.field) === name);
    if (come === undefined) continue;
    const [from, to] = [gone.field, come.field].map((field) => field.slice("deps.".length));
    left[left.indexOf(come)] = modified(come.field, from ?? null, to ?? null, `Moved dependency ${name}: ${moduleIn(gone.field)} -> ${moduleIn(come.field)}`);
    left.splice(left.indexOf(gone), 1);
  }
  return left;
}

function nameIn(field: string): string {
  return field.slice(field.lastIndexOf("#") + 1);
}

function moduleIn(field: string): string {
  return field.slice("deps.".length, field.lastIndexOf("#"));
}

function explainUnits(before: SpecDependencies, after: SpecDependencies): Change[] {
  const changes: Change[] = [];
  const same = sameThing(before, after);
  for (const unit of keysOf(before.units, after.units)) {
    const [old, now] = [own(before.units, unit), own(after.units, unit)];
    const field = `deps.unit:${unit}`;
    if (old === undefined && now !== undefined) changes.push(added(field, now.signature, `Added unit it names: ${unit}`));
    else if (old !== undefined && now === undefined) changes.push(removed(field, old.signature, `Removed unit it names: ${unit}`));
    else if (old !== undefined && now !== undefined) {
      if (old.signature !== now.signature) {
        const text = `Unit ${unit} it names changed its signature: ${old.signature} -> ${now.signature}`;
        changes.push(modified(`${field}.signature`, old.signature, now.signature, text));
      }
      if (old.doc !== now.doc) changes.push(modified(`${field}.doc`, old.doc, now.doc, `Unit ${unit} it names changed its docstring`));
      const whose = `, which unit ${unit} names,`;
      changes.push(...explainNames({ field: `${field}.names`, whose, rewritten: old.signature !== now.signature, same }, old.names, now.names));
    }
  }
  return changes;
}

function explainPackages(before: SpecDependencies, after: SpecDependencies): Change[] {
  const changes: Change[] = [];
  for (const name of keysOf(before.packages, after.packages)) {
    const [old, now] = [own(before.packages, name), own(after.packages, name)];
    const field = `deps.npm:${name}`;
    if (old === undefined && now !== undefined) changes.push(added(field, now, `Added package ${name}: ${now}`));
    else if (old !== undefined && now === undefined) changes.push(removed(field, old, `Removed package ${name}: ${old}`));
    else if (old !== undefined && now !== undefined && old !== now) changes.push(modified(field, old, now, `Package ${name}: ${old} -> ${now}`));
  }
  return changes;
}

interface Namer {
  readonly field: string;
  readonly whose: string;
  /** The text that names was edited itself: that names came and went with it goes without saying. */
  readonly rewritten: boolean;
  readonly same: (from: string, to: string) => boolean;
}

/** Names that now mean something else. */
function explainNames(namer: Namer, before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Change[] {
  const { field, whose, rewritten, same } = namer;
  const changes: Change[] = [];
  for (const name of keysOf(before, after)) {
    const [old, now] = [own(before, name), own(after, name)];
    const at = `${field}.${name}`;
    if (old !== undefined && now !== undefined) {
      if (old === now || same(old, now)) continue;
      changes.push(modified(at, old, now, `The name ${short(name)}${whose} now means ${showReference(now)}, not ${showReference(old)}`));
    } else if (!rewritten && now !== undefined) {
      changes.push(added(at, now, `The name ${short(name)}${whose} now means ${showReference(now)}`));
    } else if (!rewritten && old !== undefined) {
      changes.push(removed(at, old, `The name ${short(name)}${whose} no longer means ${showReference(old)}`));
    }
  }
  return changes;
}

/** Whether two references are one declaration that moved: said once already. */
function sameThing(before: SpecDependencies, after: SpecDependencies): (from: string, to: string) => boolean {
  return (from, to) => {
    const [old, now] = [own(before.declarations, from), own(after.declarations, to)];
    const moved = own(after.declarations, from) === undefined && own(before.declarations, to) === undefined;
    return moved && old !== undefined && now !== undefined && old.code === now.code && nameIn(from) === nameIn(to);
  };
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function keysOf(...records: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(records.flatMap((one) => Object.keys(one)))].sort();
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
