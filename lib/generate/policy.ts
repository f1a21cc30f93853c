/**
 * What generated code may do: pure language, and what `allow` adds. The sandbox holds at run time; this says no before anything runs,
 * in words that the model can act on, and keeps the code from what a reader would not expect of a function.
 *
 * It sees what is plain to see. `object[key]` with a key that is computed at run time is not.
 *
 * @module
 */

import type { Comment } from "oxc-parser";
import type { Node } from "../spec/ast.ts";
import { PURE_GLOBALS } from "../spec/globals.ts";
import type { Module } from "../spec/parse.ts";
import { freeNames } from "../spec/scope.ts";
import { walkTree } from "../spec/walk.ts";
import { constantsOf, type Constants } from "./constants.ts";
import { checkBuiltInWrites } from "./policy-writes.ts";
import type { Complain } from "./report.ts";

/** Globals that no `allow` opens, and why. */
const NEVER: ReadonlyMap<string, string> = new Map([
  ["eval", "runs text as code"],
  ["Function", "makes code from text"],
  ["globalThis", "gives everything global"],
  ["global", "gives everything global"],
  ["self", "gives everything global"],
  ["window", "gives everything global"],
  ["process", "controls the process"],
  ["require", "loads any module; use `import`"],
  ["module", "belongs to CommonJS; use `export`"],
  ["exports", "belongs to CommonJS; use `export`"],
  ["__filename", "belongs to CommonJS"],
  ["__dirname", "belongs to CommonJS"],
]);

/** Properties through which code gets at `Function` or at another object's prototype. */
const NEVER_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["constructor", "leads to Function, which makes code from text"],
  ["__proto__", "is a prototype, which other code shares; use Object.create, or a Map"],
  ["__defineGetter__", "changes objects behind the back of their owner"],
  ["__defineSetter__", "changes objects behind the back of their owner"],
  ["__lookupGetter__", "reaches into other objects"],
  ["__lookupSetter__", "reaches into other objects"],
]);

/** Functions that take the name of a property, by the object that they belong to; undefined for all of it. */
const TAKES_NAME: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  ["Reflect", undefined],
  ["Object", ["getOwnPropertyDescriptor"]],
]);

const PURE: ReadonlySet<string> = new Set(PURE_GLOBALS);

export interface PolicyInput {
  /** Modules and globals beyond pure language. */
  readonly allow: readonly string[];
  /** Nodes that are the spec's own code, word for word: its author answers for them. */
  readonly own: ReadonlySet<Node>;
  /** Globals that they name. */
  readonly ownGlobals: ReadonlySet<string>;
}

export function checkPolicy(module: Module, input: PolicyInput, complain: Complain): void {
  checkGlobals(module, input, complain);
  checkComments(module.comments, complain);
  const constants = constantsOf(module.program);
  walkTree(module.program, (node) => {
    if (input.own.has(node)) return false;
    checkSyntax(node, complain);
    checkMembers(node, constants, complain);
    return true;
  });
  checkBuiltInWrites(module.program, input.own, constants, complain);
}

function checkGlobals({ program }: Module, { allow, own, ownGlobals }: PolicyInput, complain: Complain): void {
  const say = (name: string, at: number | Node): void => {
    const never = NEVER.get(name);
    if (never !== undefined) complain("global", at, `\`${name}\` ${never}`);
    else if (!PURE.has(name) && !allow.includes(name)) complain("global", at, `\`${name}\` is no part of pure language`, name);
  };
  const { values, typeOnly } = freeNames(program);
  for (const [name, offset] of values) if (!ownGlobals.has(name) && !typeOnly.has(name)) say(name, offset);
  // The spec's own code may name such a global; what comes with it may not, wherever it stands.
  for (const name of ownGlobals) {
    if (PURE.has(name) || !values.has(name)) continue;
    walkTree(program, (node, ancestors) => {
      if (own.has(node)) return false;
      if (node.type === "Identifier" && node.name === name && !isPropertyName(node, ancestors.at(-1))) say(name, node);
      return true;
    });
  }
}

function isPropertyName(node: Node, parent: Node | undefined): boolean {
  if (parent?.type === "MemberExpression") return parent.property === node && !parent.computed;
  return (
    parent !== undefined &&
    "key" in parent &&
    parent.key === node &&
    !("computed" in parent && parent.computed) &&
    !("shorthand" in parent && parent.shorthand)
  );
}

function checkSyntax(node: Node, complain: Complain): void {
  if (node.type === "ImportExpression") complain("dynamic", node, "`import()` loads modules at run time; use `import`");
  else if (node.type === "MetaProperty" && node.meta.name === "import")
    complain("dynamic", node, "`import.meta` tells where the code lies");
  else if (node.type === "DebuggerStatement") complain("dynamic", node, "`debugger` stops the program");
  else if (node.type === "WithStatement") complain("dynamic", node, "`with` makes names mean what nobody can tell");
}

function checkMembers(node: Node, constants: Constants, complain: Complain): void {
  const name = memberName(node, constants);
  const why = name === undefined ? undefined : NEVER_MEMBERS.get(name);
  if (why !== undefined) complain("member", node, `\`${name}\` ${why}`);
  if (node.type === "MemberExpression" && !node.computed && node.object.type === "Identifier" && node.object.name === "arguments") {
    if (node.property.type === "Identifier" && (node.property.name === "callee" || node.property.name === "caller")) {
      complain("member", node, `\`arguments.${node.property.name}\` reaches other functions`);
    }
  }
}

/** Name of a property that a node gets at, as far as it is plain to see. */
function memberName(node: Node, constants: Constants): string | undefined {
  switch (node.type) {
    case "MemberExpression":
      return !node.computed && node.property.type === "Identifier" ? node.property.name : constants.textOf(node.property);
    case "Property": {
      // In a pattern it takes the property; in an object it is `{ __proto__: null }` that is harmless, and a name of one's own.
      if (node.key.type === "Identifier" && !node.computed)
        return constants.isPattern(node) || isPrototype(node.key.name, node.value) ? node.key.name : undefined;
      const text = constants.textOf(node.key);
      return text !== undefined && (constants.isPattern(node) || (!node.computed && isPrototype(text, node.value))) ? text : undefined;
    }
    case "CallExpression": {
      const { callee } = node;
      if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier" || !TAKES_NAME.has(callee.object.name))
        return undefined;
      const methods = TAKES_NAME.get(callee.object.name);
      const method =
        callee.property.type === "Identifier" && !callee.computed ? callee.property.name : (constants.textOf(callee.property) ?? "");
      if (methods !== undefined && !methods.includes(method)) return undefined;
      return node.arguments.map((argument) => constants.textOf(argument)).find((text) => text !== undefined && NEVER_MEMBERS.has(text));
    }
    default:
      return undefined;
  }
}

function isPrototype(name: string, value: Node): boolean {
  return name === "__proto__" && !(value.type === "Literal" && value.value === null);
}

const SUPPRESSIONS: readonly [pattern: RegExp, what: string][] = [
  [/@ts-(?:ignore|expect-error|nocheck|check)/i, "silences or steers the type checker"],
  [/^\s*(?:eslint|oxlint)\b|\b(?:eslint|oxlint)-(?:disable|enable)/i, "silences or steers the linter"],
  [/^\/\s*<\s*(?:reference|amd-)/i, "brings in other files"],
  [/[#@]\s*source(?:Mapping)?URL\s*=/i, "leads debuggers and stack traces elsewhere"],
];

function checkComments(comments: readonly Comment[], complain: Complain): void {
  for (const { value, start } of comments) {
    const found = SUPPRESSIONS.find(([pattern]) => pattern.test(value));
    if (found !== undefined) complain("comment", start, `a comment that ${found[1]}`);
  }
}
