/**
 * Scopes and the names that are used in them. A use is kept in its scope until the scope ends, because what it refers to may be declared
 * further down; what the scope does not declare is then handed to the scope around it.
 *
 * @module
 */

/** What a name can stand for; one declaration may give a name several meanings. */
export const VALUE = 1;
export const TYPE = 2;
export const NAMESPACE = 4;
export const EVERY = 7;

/** Bits of `VALUE`, `TYPE`, `NAMESPACE`. */
export type Space = number;

/** How one name is used and not declared, as far as is known. Offsets are of the first use, -1 for none. */
export interface Uses {
  value: number;
  type: number;
  namespace: number;
  /** As `export { name }`: any meaning will do. */
  any: number;
  /** Some use is evaluated: not in a type. */
  evaluated: boolean;
  assigned: boolean;
  /** Some use is not a plain `name.member`. */
  whole: boolean;
  /** Members of the plain ones. */
  members: Set<string> | undefined;
}

export interface Scope {
  readonly parent: Scope | undefined;
  /** Whether `var` stops here. */
  readonly holdsVar: boolean;
  readonly declared: Map<string, Space>;
  readonly uses: Map<string, Uses>;
  /** Namespaces and enums, which may be declared in several blocks that see each other's exports. */
  merged: Map<string, MergedBlocks> | undefined;
}

export interface MergedBlocks {
  readonly exported: Map<string, Space>;
  readonly uses: Map<string, Uses>;
  /** Exported namespaces within, which other blocks may continue. */
  readonly merged: Map<string, MergedBlocks>;
}

export function createScope(parent: Scope | undefined, holdsVar: boolean): Scope {
  return { parent, holdsVar, declared: new Map(), uses: new Map(), merged: undefined };
}

export function declare(scope: Scope, name: string, space: Space): void {
  scope.declared.set(name, (scope.declared.get(name) ?? 0) | space);
}

/** The scope that a `var` in `scope` belongs to. */
export function varScope(scope: Scope): Scope {
  let holder = scope;
  while (!holder.holdsVar && holder.parent !== undefined) holder = holder.parent;
  return holder;
}

/** The record of the uses of `name`, made at the first. */
export function usesOf(uses: Map<string, Uses>, name: string): Uses {
  let found = uses.get(name);
  if (found === undefined) {
    found = { value: -1, type: -1, namespace: -1, any: -1, evaluated: false, assigned: false, whole: false, members: undefined };
    uses.set(name, found);
  }
  return found;
}

/** The earlier of two offsets, where -1 is none. */
export function first(a: number, b: number): number {
  return a === -1 || (b !== -1 && b < a) ? b : a;
}

/** Ends a scope: what it uses and does not declare becomes a use of the scope around it. */
export function closeScope(scope: Scope): void {
  closeMerged(scope);
  if (scope.parent !== undefined) passOn(scope.uses, scope.declared, scope.parent.uses);
}

/** Resolves what blocks of one namespace or enum use of each other's exports. */
export function closeMerged(scope: Scope): void {
  for (const blocks of scope.merged?.values() ?? []) closeBlocks(blocks, scope.uses);
  scope.merged = undefined;
}

function closeBlocks(blocks: MergedBlocks, to: Map<string, Uses>): void {
  for (const inner of blocks.merged.values()) closeBlocks(inner, blocks.uses);
  passOn(blocks.uses, blocks.exported, to);
}

/** The blocks of the namespace or enum `name` so far. */
export function blocksOf(merged: Map<string, MergedBlocks>, name: string): MergedBlocks {
  let blocks = merged.get(name);
  if (blocks === undefined) {
    blocks = { exported: new Map(), uses: new Map(), merged: new Map() };
    merged.set(name, blocks);
  }
  return blocks;
}

/** Ends one block: its own names are resolved, the rest waits in `blocks` until all blocks are known. */
export function closeBlock(scope: Scope, blocks: MergedBlocks): void {
  for (const [name, inner] of scope.merged ?? []) {
    if (!blocks.exported.has(name)) continue;
    defer(inner, scope.declared, blocksOf(blocks.merged, name));
    scope.merged?.delete(name);
  }
  closeMerged(scope);
  passOn(scope.uses, scope.declared, blocks.uses);
}

function defer(from: MergedBlocks, declared: ReadonlyMap<string, Space>, to: MergedBlocks): void {
  passOn(from.uses, declared, to.uses);
  for (const [name, space] of from.exported) to.exported.set(name, (to.exported.get(name) ?? 0) | space);
  for (const [name, inner] of from.merged) defer(inner, declared, blocksOf(to.merged, name));
}

/** Copies the uses that `declared` does not cover. */
export function passOn(uses: ReadonlyMap<string, Uses>, declared: ReadonlyMap<string, Space>, to: Map<string, Uses>): void {
  for (const [name, use] of uses) {
    const space = declared.get(name) ?? 0;
    const rest = space === 0 ? use : without(use, space);
    if (rest === undefined) continue;
    const there = to.get(name);
    if (there === undefined) to.set(name, rest);
    else join(there, rest);
  }
}

/** The uses left when the meanings in `space` are declared; undefined when none is. */
function without(use: Uses, space: Space): Uses | undefined {
  if ((space & VALUE) !== 0) {
    use.value = -1;
    use.evaluated = false;
    use.assigned = false;
  }
  if ((space & TYPE) !== 0) use.type = -1;
  if ((space & NAMESPACE) !== 0) use.namespace = -1;
  use.any = -1;
  return use.value === -1 && use.type === -1 && use.namespace === -1 ? undefined : use;
}

function join(into: Uses, from: Uses): void {
  into.value = first(into.value, from.value);
  into.type = first(into.type, from.type);
  into.namespace = first(into.namespace, from.namespace);
  into.any = first(into.any, from.any);
  into.evaluated ||= from.evaluated;
  into.assigned ||= from.assigned;
  into.whole ||= from.whole;
  if (from.members === undefined) return;
  if (into.members === undefined) into.members = from.members;
  else for (const member of from.members) into.members.add(member);
}
