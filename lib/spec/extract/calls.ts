/**
 * The `vibesafe.func(…)` calls of a module.
 *
 * @module
 */

import type { CallExpression } from "oxc-parser";
import type { Node } from "../ast.ts";
import type { Module } from "../parse.ts";
import { freeNames } from "../scope.ts";
import type { Span } from "../types.ts";
import { walkTree } from "../walk.ts";

/** Local names that the module has for what vibesafe exports. */
export interface VibesafeNames {
  readonly vibesafe: ReadonlySet<string>;
  readonly holes: ReadonlySet<string>;
  /** Namespace imports. */
  readonly namespaces: ReadonlySet<string>;
}

const PACKAGE = "vibesafe";
const HOLES = ["VibesafeHandled", "VibeCoded"];

export function vibesafeNames(module: Module): VibesafeNames {
  const locals = (...imported: string[]): Set<string> =>
    new Set(module.imports.filter((i) => i.specifier === PACKAGE && !i.typeOnly && imported.includes(i.imported)).map((i) => i.local));
  return { vibesafe: locals("vibesafe"), holes: locals(...HOLES), namespaces: locals("*") };
}

/** A call where a spec may stand. */
export interface SpecCall {
  readonly call: CallExpression;
  /** Name of the const; undefined for `export default`. */
  readonly constName: string | undefined;
  /** Where its doc comment may stand: between these offsets. */
  readonly docSpace: Span;
}

/** A use of `vibesafe.func` that is no spec. */
export interface StrayUse {
  readonly node: Node;
  readonly message: string;
  readonly remedy: string;
}

/** Finds the specs of a module and the uses of `vibesafe.func` that are none. */
export function findCalls(module: Module, names: VibesafeNames): { readonly calls: readonly SpecCall[]; readonly strays: readonly StrayUse[] } {
  const calls: SpecCall[] = [];
  let previous = 0;
  for (const statement of module.program.body) {
    calls.push(...callsIn(statement, previous, names));
    previous = statement.end;
  }
  // Looking for strays walks the whole tree; a file that says `func` once a spec has none.
  const mentions = module.source.match(/\bfunc\b|\\u/g)?.length ?? 0;
  const strays = mentions > calls.length ? straysIn(module, new Set(calls.map(({ call }) => call.callee)), names) : [];
  return { calls, strays: [...defaultImports(module), ...strays] };
}

function callsIn(statement: Node, previous: number, names: VibesafeNames): SpecCall[] {
  if (statement.type === "ExportDefaultDeclaration") {
    const call = specCall(statement.declaration, names);
    return call === undefined ? [] : [{ call, constName: undefined, docSpace: { start: previous, end: statement.start } }];
  }
  const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") return [];
  return declaration.declarations.flatMap(({ id, init, start }, i) => {
    const call = init === null ? undefined : specCall(init, names);
    if (call === undefined || id.type !== "Identifier") return [];
    const before = declaration.declarations[i - 1];
    const docSpace = before === undefined ? { start: previous, end: statement.start } : { start: before.end, end: start };
    return [{ call, constName: id.name, docSpace }];
  });
}

/** The call itself, without what only the type checker sees around it. */
function specCall(node: Node, names: VibesafeNames): CallExpression | undefined {
  const inner = withoutTypes(node);
  return inner.type === "CallExpression" && !inner.optional && isFunc(inner.callee, names) ? inner : undefined;
}

/** Takes `as T`, `satisfies T` and `!` off an expression. */
export function withoutTypes(node: Node): Node {
  let inner = node;
  while (inner.type === "TSAsExpression" || inner.type === "TSSatisfiesExpression" || inner.type === "TSNonNullExpression") inner = inner.expression;
  return inner;
}

/** `vibesafe.func`, or `ns.vibesafe.func` of a namespace import. */
function isFunc(node: Node, { vibesafe, namespaces }: VibesafeNames): boolean {
  if (node.type !== "MemberExpression" || node.computed || node.property.name !== "func") return false;
  const { object } = node;
  if (object.type === "Identifier") return vibesafe.has(object.name);
  return isMemberOf(object, namespaces, ["vibesafe"]);
}

/** `ns.name` of a namespace import. */
function isMemberOf(node: Node, namespaces: ReadonlySet<string>, members: readonly string[]): boolean {
  if (node.type !== "MemberExpression" || node.computed || node.object.type !== "Identifier") return false;
  return namespaces.has(node.object.name) && members.includes(node.property.name);
}

/** Whether the expression names the hole's class. */
export function isHoleClass(node: Node, { holes, namespaces }: VibesafeNames): boolean {
  return node.type === "Identifier" ? holes.has(node.name) : isMemberOf(node, namespaces, HOLES);
}

function straysIn({ program }: Module, known: ReadonlySet<Node>, names: VibesafeNames): StrayUse[] {
  const strays: StrayUse[] = [];
  if (names.vibesafe.size === 0 && names.namespaces.size === 0) return strays;
  for (const statement of program.body) {
    walkTree(statement, (node, ancestors) => {
      if (!isFunc(node, names) || known.has(node)) return;
      if (ancestors.every((ancestor) => seesImport(ancestor, node))) strays.push({ node, ...whyStray(node, ancestors) });
    });
  }
  return strays;
}

/** There is no default export; Node says so only when the file runs, and a scan would find nothing. */
function defaultImports({ program }: Module): StrayUse[] {
  const imports = program.body.filter((node) => node.type === "ImportDeclaration" && node.source.value === PACKAGE && node.importKind !== "type");
  return imports
    .flatMap((node) => (node.type === "ImportDeclaration" ? node.specifiers : []))
    .filter(({ type }) => type === "ImportDefaultSpecifier")
    .map((node) => ({ node, message: `"${PACKAGE}" has no default export`, remedy: `write \`import { vibesafe } from "${PACKAGE}"\`` }));
}

/** Whether the name that `use` begins with is not declared anew within `around`. */
function seesImport(around: Node, use: Node): boolean {
  const free = freeNames(around).values;
  return [...freeNames(use).values.keys()].every((name) => free.has(name));
}

function whyStray(node: Node, ancestors: readonly Node[]): { message: string; remedy: string } {
  const parent = ancestors.at(-1);
  if (parent?.type !== "CallExpression" || parent.callee !== node) {
    return { message: "vibesafe.func is used without being called", remedy: "write `export const name = vibesafe.func(function name(…) {…})`" };
  }
  const outer = ancestors.slice(0, -1).filter(({ type }) => !/^(?:TS\w+Expression|ParenthesizedExpression|Export\w+Declaration)$/.test(type));
  const [first, second, ...deeper] = outer;
  if (first?.type === "VariableDeclaration" && second?.type === "VariableDeclarator" && deeper.length === 0) {
    const remedy = "write `export const name = vibesafe.func(function name(…) {…})`";
    return first.kind === "const" ? { message: "a spec needs one name", remedy } : { message: `a spec in a \`${first.kind}\` may change`, remedy };
  }
  if (first?.type === "ExpressionStatement" && second === undefined) {
    return { message: "the result of vibesafe.func is dropped", remedy: "assign it: `export const name = vibesafe.func(…)`" };
  }
  return { message: "vibesafe.func is called inside other code", remedy: "move the call to the top level of the file: `export const name = vibesafe.func(…)`" };
}
