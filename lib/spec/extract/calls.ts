/**
 * The `vibesafe.func(…)` and `vibesafe.http(…)` calls of a module.
 *
 * @module
 */

import type { CallExpression } from "oxc-parser";
import type { Node } from "../ast.ts";
import type { Module } from "../parse.ts";
import { freeNames } from "../scope.ts";
import type { Span, SpecKind } from "../types.ts";
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

/** Member of `vibesafe` -> the kind of spec that a call of it makes. */
const MAKERS: Readonly<Record<string, SpecKind>> = { func: "function", http: "http" };
const MENTION = new RegExp(`\\b(?:${Object.keys(MAKERS).join("|")})\\b|\\\\u`, "g");

/** A call where a spec may stand. */
export interface SpecCall {
  readonly kind: SpecKind;
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

/** Finds the specs of a module and the uses of `vibesafe.func` that are none. @param decorators - uses that are decorators */
export function findCalls(module: Module, names: VibesafeNames, decorators: ReadonlySet<Node>): { readonly calls: readonly SpecCall[]; readonly strays: readonly StrayUse[] } {
  const calls: SpecCall[] = [];
  let previous = 0;
  for (const statement of module.program.body) {
    calls.push(...callsIn(statement, previous, names));
    previous = statement.end;
  }
  // Looking for strays walks the whole tree; a file that says `func` or `http` once a spec has none.
  const mentions = module.source.match(MENTION)?.length ?? 0;
  const strays = mentions > calls.length + decorators.size ? straysIn(module, new Set<Node>([...decorators, ...calls.map(({ call }) => call.callee)]), names) : [];
  return { calls, strays: [...defaultImports(module), ...strays] };
}

function callsIn(statement: Node, previous: number, names: VibesafeNames): SpecCall[] {
  if (statement.type === "ExportDefaultDeclaration") {
    const call = specCall(statement.declaration, names);
    return call === undefined ? [] : [{ ...call, constName: undefined, docSpace: { start: previous, end: statement.start } }];
  }
  const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") return [];
  return declaration.declarations.flatMap(({ id, init, start }, i) => {
    const call = init === null ? undefined : specCall(init, names);
    if (call === undefined || id.type !== "Identifier") return [];
    const before = declaration.declarations[i - 1];
    const docSpace = before === undefined ? { start: previous, end: statement.start } : { start: before.end, end: start };
    return [{ ...call, constName: id.name, docSpace }];
  });
}

/** The call itself, without what only the type checker sees around it. */
function specCall(node: Node, names: VibesafeNames): Pick<SpecCall, "call" | "kind"> | undefined {
  const call = withoutTypes(node);
  const kind = call.type === "CallExpression" && !call.optional ? makerOf(call.callee, names) : undefined;
  return call.type === "CallExpression" && kind !== undefined ? { call, kind } : undefined;
}

/** Takes `as T`, `satisfies T` and `!` off an expression. */
export function withoutTypes(node: Node): Node {
  let inner = node;
  while (inner.type === "TSAsExpression" || inner.type === "TSSatisfiesExpression" || inner.type === "TSNonNullExpression") inner = inner.expression;
  return inner;
}

/** Kind of the specs that `vibesafe.func` or `vibesafe.http` makes, or `ns.vibesafe.func` of a namespace import. */
export function makerOf(node: Node, { vibesafe, namespaces }: VibesafeNames): SpecKind | undefined {
  if (node.type !== "MemberExpression" || node.computed || !Object.hasOwn(MAKERS, node.property.name)) return undefined;
  const { object } = node;
  const known = object.type === "Identifier" ? vibesafe.has(object.name) : isMemberOf(object, namespaces, ["vibesafe"]);
  return known ? MAKERS[node.property.name] : undefined;
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
      if (makerOf(node, names) === undefined || known.has(node)) return;
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
export function seesImport(around: Node, use: Node): boolean {
  const free = freeNames(around).values;
  return [...freeNames(use).values.keys()].every((name) => free.has(name));
}

function whyStray(node: Node, ancestors: readonly Node[]): { message: string; remedy: string } {
  const maker = `vibesafe.${node.type === "MemberExpression" && !node.computed ? node.property.name : "func"}`;
  const write = `export const name = ${maker}(${maker.endsWith("http") ? "{ method, path }, " : ""}function name(…) {…})`;
  const parent = ancestors.at(-1);
  if (parent?.type !== "CallExpression" || parent.callee !== node) {
    return { message: `${maker} is used without being called`, remedy: `write \`${write}\`` };
  }
  const outer = ancestors.slice(0, -1).filter(({ type }) => !/^(?:TS\w+Expression|ParenthesizedExpression|Export\w+Declaration)$/.test(type));
  const [first, second, ...deeper] = outer;
  if (first?.type === "VariableDeclaration" && second?.type === "VariableDeclarator" && deeper.length === 0) {
    const remedy = `write \`${write}\``;
    return first.kind === "const" ? { message: "a spec needs one name", remedy } : { message: `a spec in a \`${first.kind}\` may change`, remedy };
  }
  if (first?.type === "ExpressionStatement" && second === undefined) {
    return { message: `the result of ${maker} is dropped`, remedy: `assign it: \`export const name = ${maker}(…)\`` };
  }
  return { message: `${maker} is called inside other code`, remedy: `move the call to the top level of the file: \`export const name = ${maker}(…)\`` };
}
