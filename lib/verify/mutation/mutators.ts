/**
 * The changes that a mutation check makes to a program, node by node; names as in StrykerJS, and three of our own: NumericLiteral,
 * ReturnValue, StatementRemoval (https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators/).
 *
 * @module
 */

import type { Node } from "../../spec/ast.ts";
import type { Mutation, Place } from "./mutation.ts";
import { operatorMutations } from "./operators.ts";

const MARK = '"mutated"';

/** All changes of one node itself, not of those below it. */
export function mutationsOf(node: Node, place: Place): Mutation[] {
  return [...operatorMutations(node, place), ...literalMutations(node, place), ...conditionMutations(node), ...statementMutations(node, place), ...methodMutations(node, place)];
}

function literalMutations(node: Node, { source, parent }: Place): Mutation[] {
  const become = (mutator: string, text: string): Mutation[] => (source.slice(node.start, node.end) === text ? [] : [{ mutator, start: node.start, end: node.end, text }]);
  switch (node.type) {
    case "Literal":
      if (isName(node, parent)) return [];
      if (typeof node.value === "boolean") return become("BooleanLiteral", String(!node.value));
      if (typeof node.value === "string") return become("StringLiteral", node.value === "" ? MARK : '""');
      if (typeof node.value === "number") return become("NumericLiteral", String(node.value + 1));
      if (typeof node.value === "bigint") return become("NumericLiteral", `${node.value + 1n}n`);
      return [];
    case "TemplateLiteral":
      if (parent?.type === "TaggedTemplateExpression") return [];
      return become("StringLiteral", node.end - node.start === 2 ? MARK : "``");
    case "ArrayExpression":
      return become("ArrayDeclaration", node.elements.length === 0 ? `[${MARK}]` : "[]");
    case "ObjectExpression":
      return node.properties.length === 0 ? [] : become("ObjectLiteral", "{}");
    default:
      return [];
  }
}

/** Literals that are names: keys, module specifiers, directives. */
function isName(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return false;
  if (parent.type === "Property" || parent.type === "PropertyDefinition" || parent.type === "MethodDefinition") return parent.key === node && !parent.computed;
  if (parent.type === "ExpressionStatement") return true;
  return /^(?:Import|Export|TS)/.test(parent.type) && parent.type !== "TSAsExpression" && parent.type !== "TSSatisfiesExpression";
}

function conditionMutations(node: Node): Mutation[] {
  const become = (test: Node | null, ...texts: string[]): Mutation[] =>
    test === null || (test.type === "Literal" && typeof test.value === "boolean") ? [] : texts.map((text) => ({ mutator: "ConditionalExpression", start: test.start, end: test.end, text }));
  switch (node.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return become(node.test, "true", "false");
    // Never `true`: a loop without an end says nothing.
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
      return become(node.test, "false");
    case "SwitchCase": {
      const [first] = node.consequent;
      return first === undefined ? [] : [{ mutator: "ConditionalExpression", start: first.start, end: node.consequent.at(-1)?.end ?? first.end, text: "" }];
    }
    default:
      return [];
  }
}

function statementMutations(node: Node, { source, parent }: Place): Mutation[] {
  switch (node.type) {
    case "BlockStatement":
      return node.body.length === 0 ? [] : [{ mutator: "BlockStatement", start: node.start, end: node.end, text: "{}" }];
    case "ExpressionStatement":
    case "ThrowStatement":
      // A block of this statement alone is emptied as a block; a directive does nothing.
      if (parent?.type === "BlockStatement" && parent.body.length === 1) return [];
      if (node.type === "ExpressionStatement" && node.expression.type === "Literal") return [];
      return [{ mutator: "StatementRemoval", start: node.start, end: node.end, text: ";" }];
    case "ReturnStatement":
      return node.argument === null || source.slice(node.argument.start, node.argument.end) === "undefined"
        ? []
        : [{ mutator: "ReturnValue", start: node.argument.start, end: node.argument.end, text: "undefined" }];
    case "ArrowFunctionExpression":
      return node.body.type === "BlockStatement" ? [] : [{ mutator: "ArrowFunction", start: node.body.start, end: node.body.end, text: "undefined" }];
    default:
      return [];
  }
}

const METHODS: Readonly<Record<string, string>> = {
  endsWith: "startsWith", startsWith: "endsWith", toUpperCase: "toLowerCase", toLowerCase: "toUpperCase", toLocaleUpperCase: "toLocaleLowerCase",
  toLocaleLowerCase: "toLocaleUpperCase", trimStart: "trimEnd", trimEnd: "trimStart", some: "every", every: "some", min: "max", max: "min",
};

/** Methods whose call is left out: `a.trim()` becomes `a`. */
const DROPPED: ReadonlySet<string> = new Set(["trim", "sort", "toSorted", "reverse", "toReversed", "filter", "slice", "substring", "charAt"]);

function methodMutations(node: Node, place: Place): Mutation[] {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression" || node.callee.computed || node.callee.property.type !== "Identifier") return [];
  const { object, property } = node.callee;
  const other = Object.hasOwn(METHODS, property.name) ? METHODS[property.name] : undefined;
  if (other !== undefined) return [{ mutator: "MethodExpression", start: property.start, end: property.end, text: other }];
  return DROPPED.has(property.name) ? [{ mutator: "MethodExpression", start: callStart(place.source, object.end, property.start), end: node.end, text: "" }] : [];
}

/** Where `.name(…)` begins: after the brackets that may close around what it is called on. */
function callStart(source: string, from: number, property: number): number {
  const dot = source.lastIndexOf(".", property - 1);
  return source[dot - 1] === "?" ? dot - 1 : Math.max(dot, from);
}
