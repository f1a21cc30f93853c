/**
 * One change to a program.
 *
 * @module
 */

import type { Node } from "../../spec/ast.ts";

/** One change: `source[start, end)` becomes `text`. */
export interface Mutation {
  readonly mutator: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where a node stands. */
export interface Place {
  readonly source: string;
  readonly parent: Node | undefined;
}
