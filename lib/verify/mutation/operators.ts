/**
 * Mutations of operators.
 *
 * @module
 */

import type { Node } from "../../spec/ast.ts";
import type { Mutation, Place } from "./mutation.ts";

const BINARY: Readonly<Record<string, { readonly mutator: string; readonly to: readonly string[] }>> = {
  "+": { mutator: "ArithmeticOperator", to: ["-"] },
  "-": { mutator: "ArithmeticOperator", to: ["+"] },
  "*": { mutator: "ArithmeticOperator", to: ["/"] },
  "/": { mutator: "ArithmeticOperator", to: ["*"] },
  "%": { mutator: "ArithmeticOperator", to: ["*"] },
  "<": { mutator: "EqualityOperator", to: ["<=", ">="] },
  "<=": { mutator: "EqualityOperator", to: ["<", ">"] },
  ">": { mutator: "EqualityOperator", to: [">=", "<="] },
  ">=": { mutator: "EqualityOperator", to: [">", "<"] },
  "==": { mutator: "EqualityOperator", to: ["!="] },
  "!=": { mutator: "EqualityOperator", to: ["=="] },
  "===": { mutator: "EqualityOperator", to: ["!=="] },
  "!==": { mutator: "EqualityOperator", to: ["==="] },
  "<<": { mutator: "ArithmeticOperator", to: [">>"] },
  ">>": { mutator: "ArithmeticOperator", to: ["<<"] },
  ">>>": { mutator: "ArithmeticOperator", to: ["<<"] },
  "&&": { mutator: "LogicalOperator", to: ["||"] },
  "||": { mutator: "LogicalOperator", to: ["&&"] },
};

const ASSIGNMENT: Readonly<Record<string, string>> = {
  "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "%=": "*=", "<<=": ">>=", ">>=": "<<=", ">>>=": "<<=", "&=": "|=", "|=": "&=", "&&=": "||=", "||=": "&&=", "??=": "&&=",
};

export function operatorMutations(node: Node, { source }: Place): Mutation[] {
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression": {
      const at = operatorAt(source, node.left.end, node.right.start, node.operator);
      if (at === undefined) return [];
      if (node.operator === "??") {
        // `??` and `&&` may not stand side by side without brackets.
        const text = `((${source.slice(node.start, at)}) && (${source.slice(at + 2, node.end)}))`;
        return [{ mutator: "LogicalOperator", start: node.start, end: node.end, text }];
      }
      const change = Object.hasOwn(BINARY, node.operator) ? BINARY[node.operator] : undefined;
      // Joined strings: a difference of them is no number, and every example notices.
      if (change === undefined || (node.operator === "+" && (isText(node.left) || isText(node.right)))) return [];
      return change.to.map((text) => ({ mutator: change.mutator, start: at, end: at + node.operator.length, text }));
    }
    case "AssignmentExpression": {
      const other = Object.hasOwn(ASSIGNMENT, node.operator) ? ASSIGNMENT[node.operator] : undefined;
      const at = operatorAt(source, node.left.end, node.right.start, node.operator);
      if (other === undefined || at === undefined || (node.operator === "+=" && isText(node.right))) return [];
      return [{ mutator: "AssignmentOperator", start: at, end: at + node.operator.length, text: other }];
    }
    case "UnaryExpression": {
      const one = (mutator: string, text: string): Mutation[] => [{ mutator, start: node.start, end: node.start + 1, text }];
      if (node.operator === "!") return one("BooleanLiteral", "");
      if (node.operator === "-") return one("UnaryOperator", "+");
      if (node.operator === "+") return one("UnaryOperator", "-");
      return node.operator === "~" ? one("UnaryOperator", "") : [];
    }
    case "UpdateExpression": {
      const at = node.prefix ? node.start : node.end - 2;
      return [{ mutator: "UpdateOperator", start: at, end: at + 2, text: node.operator === "++" ? "--" : "++" }];
    }
    case "MemberExpression": {
      if (!node.optional) return [];
      const at = operatorAt(source, node.object.end, node.property.start, "?.");
      return at === undefined ? [] : [{ mutator: "OptionalChaining", start: at, end: at + 2, text: node.computed ? "" : "." }];
    }
    case "CallExpression": {
      if (!node.optional) return [];
      const at = operatorAt(source, node.callee.end, node.end, "?.");
      return at === undefined ? [] : [{ mutator: "OptionalChaining", start: at, end: at + 2, text: "" }];
    }
    default:
      return [];
  }
}

function isText(node: Node): boolean {
  if (node.type === "BinaryExpression" && node.operator === "+") return isText(node.left) || isText(node.right);
  return node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string");
}

/** Where an operator stands between its operands; brackets and comments may stand there as well. */
function operatorAt(source: string, from: number, to: number, operator: string): number | undefined {
  const between = source.slice(from, to).replaceAll(/\/\*[^]*?\*\/|\/\/[^\n]*/g, (comment) => " ".repeat(comment.length));
  const at = between.indexOf(operator);
  return at < 0 ? undefined : from + at;
}
