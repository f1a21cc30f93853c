/**
 * Changes of what all code shares: `Array.prototype.last = …`, `console.log = …`, `Object.assign(Math, …)`.
 *
 * @module
 */

import type { Node } from "../spec/ast.ts";
import { walkTree } from "../spec/walk.ts";
import { PROTOTYPE, type Constants } from "./constants.ts";
import type { Complain } from "./report.ts";

const OWNERS = new Set(["Object", "Reflect"]);

/** Functions of these that change their first argument. */
const CHANGES = new Set([
  "assign",
  "defineProperty",
  "defineProperties",
  "setPrototypeOf",
  "freeze",
  "seal",
  "preventExtensions",
  "set",
  "deleteProperty",
]);

/** @param skip - nodes that are not looked into */
export function checkBuiltInWrites(program: Node, skip: ReadonlySet<Node>, constants: Constants, complain: Complain): void {
  walkTree(program, (node) => {
    if (skip.has(node)) return false;
    for (const object of changedBy(node)) {
      const name = constants.globalOf(object);
      if (name !== undefined) complain("built-in", node, `changes ${name === PROTOTYPE ? name : `\`${name}\``}, which other code shares`);
    }
    return true;
  });
}

/** What a node assigns to: expressions whose member is changed, and plain names. */
export function changedBy(node: Node): readonly Node[] {
  switch (node.type) {
    case "AssignmentExpression":
      return targetsIn(node.left);
    case "ForInStatement":
    case "ForOfStatement":
      return node.left.type === "VariableDeclaration" ? [] : targetsIn(node.left);
    case "UpdateExpression":
      return targetsIn(node.argument);
    case "UnaryExpression":
      return node.operator === "delete" ? targetsIn(node.argument) : [];
    case "CallExpression": {
      const { callee } = node;
      const [first] = node.arguments;
      if (
        first === undefined ||
        callee.type !== "MemberExpression" ||
        callee.object.type !== "Identifier" ||
        callee.property.type !== "Identifier"
      )
        return [];
      return OWNERS.has(callee.object.name) && CHANGES.has(callee.property.name) ? [first] : [];
    }
    default:
      return [];
  }
}

/** What a target of an assignment assigns to; patterns may hold several. */
function targetsIn(target: Node): readonly Node[] {
  switch (target.type) {
    case "ObjectPattern":
      return target.properties.flatMap((item) => targetsIn(item.type === "Property" ? item.value : item.argument));
    case "ArrayPattern":
      return target.elements.flatMap((item) => (item === null ? [] : targetsIn(item)));
    case "AssignmentPattern":
      return targetsIn(target.left);
    case "RestElement":
      return targetsIn(target.argument);
    default:
      return [target];
  }
}
