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
  // An explicit stack: chains such as 1 + 1 + … nest thousands deep without a bracket. What is undefined ends a node.
  const todo: (Node | undefined)[] = [root];
  const push = (child: Node): void => void todo.push(child);
  while (todo.length > 0) {
    const node = todo.pop();
    if (node === undefined) {
      ancestors.pop();
    } else if (enter(node, ancestors) !== false) {
      ancestors.push(node);
      todo.push(undefined);
      const first = todo.length;
      eachChild(node, push);
      reverseFrom(todo, first);
    }
  }
}

/** The first child is to be on top. */
function reverseFrom(list: unknown[], first: number): void {
  for (let low = first, high = list.length - 1; low < high; low++, high--) [list[low], list[high]] = [list[high], list[low]];
}

/** Whether `node` starts a function, whose body has a scope, a `this` and an `await` of its own. */
export function isFunction(node: Node): boolean {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
}
