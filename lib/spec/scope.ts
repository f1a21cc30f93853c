/**
 * Names: which ones code uses without binding them, and which ones a statement binds.
 *
 * The rules are those of TypeScript modules: block scopes, hoisted `var` and functions, and three meanings of a name that do not shadow
 * each other (value, type, namespace). Nothing is resolved across files.
 *
 * @module
 */

import type { Node } from "./ast.ts";
import type { Uses } from "./scope/scopes.ts";
import { withinStack } from "./ast.ts";
import { closeMerged, createScope, first, passOn, VALUE } from "./scope/scopes.ts";
import { eachDeclared } from "./scope/declared.ts";
import { typeVisitors } from "./scope/types.ts";
import { statements, valueVisitors } from "./scope/values.ts";
import { createWalk } from "./scope/visit.ts";

/** Names that code uses and does not bind, with the offset of the first use. */
export interface FreeNames {
  /** Names used as values; `typeof x` in a type counts. */
  readonly values: ReadonlyMap<string, number>;
  /** Names used as types, and namespaces of qualified type names: `A` in `A.B`. */
  readonly types: ReadonlyMap<string, number>;
  /** Names of `values` that only types mention, so that nothing of them is evaluated. */
  readonly typeOnly: ReadonlySet<string>;
  /** Names of `values` that are assigned to, themselves and not a member. */
  readonly assigned: ReadonlySet<string>;
  /** For names that are only ever used as `name.member`, as value or type: the members. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
}

const VISITORS = { ...valueVisitors, ...typeVisitors };

/** Finds the names that `nodes` use and do not bind. Several nodes are read as one list of statements, which see each other's declarations. */
export function freeNames(nodes: Node | readonly Node[]): FreeNames {
  const scope = createScope(undefined, true);
  const walk = createWalk(VISITORS, scope);
  const list = "type" in nodes ? (nodes.type === "Program" ? nodes.body : [nodes]) : nodes;
  withinStack(list[0], () => statements(list, walk));
  closeMerged(scope);
  const open = new Map<string, Uses>();
  passOn(scope.uses, scope.declared, open);
  return summary(open);
}

/** Names that a statement binds in the scope where it stands; a `var` or an import may bind as deep as it likes. */
export interface DeclaredNames {
  readonly values: ReadonlySet<string>;
  /** Types and namespaces. */
  readonly types: ReadonlySet<string>;
}

/** Finds the names that a statement binds; an import or enum binds both a value and a type. */
export function declaredNames(statement: Node): DeclaredNames {
  const values = new Set<string>();
  const types = new Set<string>();
  eachDeclared(statement, (name, space) => {
    if ((space & VALUE) !== 0) values.add(name);
    if ((space & ~VALUE) !== 0) types.add(name);
  });
  return { values, types };
}

/** Members by which the free name `name` is used, or `"all"` when it is also used in any other way. */
export function namespaceMembers(nodes: Node | readonly Node[], name: string): ReadonlySet<string> | "all" {
  const free = freeNames(nodes);
  const used = free.values.has(name) || free.types.has(name);
  return free.members.get(name) ?? (used ? "all" : new Set());
}

function summary(open: ReadonlyMap<string, Uses>): FreeNames {
  const values = new Map<string, number>();
  const types = new Map<string, number>();
  const typeOnly = new Set<string>();
  const assigned = new Set<string>();
  const members = new Map<string, ReadonlySet<string>>();
  for (const [name, use] of open) {
    // What `export { name }` stands for is not to be seen here; a value, unless only types are exported.
    const asValue = use.any !== -1 && use.evaluated ? first(use.value, use.any) : use.value;
    const asType = use.any !== -1 && !use.evaluated ? first(use.type, use.any) : use.type;
    const typeAt = first(asType, use.namespace);
    if (asValue !== -1) values.set(name, asValue);
    if (typeAt !== -1) types.set(name, typeAt);
    if (asValue !== -1 && !use.evaluated) typeOnly.add(name);
    if (use.assigned) assigned.add(name);
    if (!use.whole && use.members !== undefined) members.set(name, use.members);
  }
  return { values, types, typeOnly, assigned, members };
}
