/**
 * Walking a syntax tree with the way down to each node.
 *
 * @module
 */

import { eachChild, type Node } from "./ast.ts";

/**
 * Calls `enter` for `root` and all nodes below it, parents first.
 *
 * @param enter - gets the node and its ancestors, outermost first (one array, reused: copy it to keep it); returns false to stay
 *   out of the node
 */
export function walkTree(root: Node, enter: (node: Node, ancestors: readonly Node[]) => boolean | void): void {
  const ancestors: Node[] = [];
  // An explicit stack: chains such as 1 + 1 + … nest thousands deep without a bracket.
  const todo: (Node | undefined)[] = [root];
  while (todo.length > 0) {
    const node = todo.pop();
    if (node === undefined) {
      ancestors.pop();
    } else if (enter(node, ancestors) !== false) {
      ancestors.push(node);
      const children: Node[] = [];
      eachChild(node, (child) => void children.push(child));
      todo.push(undefined, ...children.reverse());
    }
  }
}

/** Whether `node` starts a function, whose body has a scope, a `this` and an `await` of its own. */
export function isFunction(node: Node): boolean {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
}
