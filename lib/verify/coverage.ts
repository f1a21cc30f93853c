/**
 * Which branches of the generated code the examples and properties reach: counters put into a copy of the code, on the lines where
 * they stand. Only that copy runs in the sandbox; types, lint and the build see the code as it is.
 *
 * @module
 */

import type { Node } from "oxc-parser";
import { parseText } from "../spec/parse.ts";
import { walkTree } from "../spec/walk.ts";

export interface Branch {
  /** In `impl.ts`, from 1. */
  readonly line: number;
  /** `the else branch` */
  readonly what: string;
  /** The line's text. */
  readonly code: string;
  /** Offsets of the code that nothing reaches where the branch is not reached; equal where there is none. */
  readonly start: number;
  readonly end: number;
}

export interface Instrumented {
  readonly code: string;
  readonly branches: readonly Branch[];
}

interface Insertion {
  readonly at: number;
  /** Insertions that end something stand before those that begin something; of these the inner ones first, of those the outer ones. */
  readonly order: number;
  readonly text: string;
}

/** @param counters - name of the array that counts; undefined code (a syntax error) comes back as it is */
export function instrument(impl: string, lang: "ts" | "tsx", counters: string): Instrumented {
  const syntax = parseText(impl, lang);
  if (!("program" in syntax)) return { code: impl, branches: [] };
  const branches: Branch[] = [];
  const insertions: Insertion[] = [];
  const lines = impl.split("\n");
  let sequence = 0;

  const count = (at: number, what: string, span: { readonly start: number; readonly end: number } = { start: at, end: at }): string => {
    const line = impl.slice(0, at).split("\n").length;
    branches.push({ line, what, code: (lines[line - 1] ?? "").trim(), start: span.start, end: span.end });
    return `${counters}[${branches.length - 1}]=1`;
  };
  const around = ({ start, end }: Node, before: string, after: string): void => {
    const order = ++sequence;
    insertions.push({ at: start, order, text: before }, { at: end, order: -order, text: after });
  };
  const expression = (node: Node, what: string): void => {
    // `f = () => 1` names its function; a comma between them would take the name away.
    if (/Function|Class/.test(node.type)) return;
    around(node, `(${count(node.start, what, node)},`, ")");
  };
  const statement = (node: Node, what: string): void => {
    if (node.type === "BlockStatement") insertions.push({ at: node.start + 1, order: ++sequence, text: `${count(node.start, what, node)};` });
    else around(node, `{${count(node.start, what, node)};`, "}");
  };

  walkTree(syntax.program, (node) => {
    switch (node.type) {
      case "IfStatement":
        if (node.alternate === null) insertions.push({ at: node.end, order: -++sequence, text: ` else{${count(node.start, "the case that this condition is false")}}` });
        statement(node.consequent, "the case that this condition is true");
        if (node.alternate !== null) statement(node.alternate, "the else branch");
        break;
      case "ConditionalExpression":
        expression(node.consequent, "the value for true");
        expression(node.alternate, "the value for false");
        break;
      case "LogicalExpression":
        expression(node.right, `what follows ${node.operator}`);
        break;
      case "AssignmentPattern":
        expression(node.right, "the default value");
        break;
      case "SwitchCase":
        if (node.consequent[0] !== undefined) insertions.push({ at: node.consequent[0].start, order: ++sequence, text: `${count(node.start, "this case", node)};` });
        break;
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
        statement(node.body, "the body of this loop");
        break;
      case "CatchClause":
        statement(node.body, "the handling of this error");
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
        if (node.body !== null) insertions.push({ at: node.body.start + 1, order: ++sequence, text: `${count(node.start, "this function", node.body)};` });
        break;
      case "ArrowFunctionExpression":
        if (node.body.type === "BlockStatement") insertions.push({ at: node.body.start + 1, order: ++sequence, text: `${count(node.start, "this function", node.body)};` });
        else around(node.body, `(${count(node.start, "this function", node.body)},`, ")");
        break;
      default:
        break;
    }
    return true;
  });
  return { code: insert(impl, insertions), branches };
}

function insert(text: string, insertions: readonly Insertion[]): string {
  let result = "";
  let from = 0;
  for (const { at, text: inserted } of insertions.toSorted((a, b) => a.at - b.at || a.order - b.order)) {
    result += text.slice(from, at) + inserted;
    from = at;
  }
  return result + text.slice(from);
}
