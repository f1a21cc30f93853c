/**
 * Statements and expected values in a doc comment, parsed.
 *
 * @module
 */

import type { Comment, Node, Program } from "oxc-parser";
import { parseText, type Language } from "../parse.ts";
import { freeNames } from "../scope.ts";
import type { DocProblem } from "./blocks.ts";
import { plainExpression } from "./plain.ts";
import type { TextLine } from "./text.ts";
import type { Expectation } from "../types.ts";
import { isFunction, walkTree } from "../walk.ts";

export interface Code {
  readonly source: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
}

/** Parses the lines as statements; what is wrong with them is placed in the file. */
export function parseCode(lines: readonly TextLine[], lang: Language): Code | DocProblem {
  const source = joinLines(lines);
  const syntax = parseText(source, lang);
  if ("program" in syntax) return { source, program: syntax.program, comments: syntax.comments };
  return { ...placeIn(lines, syntax.offset), message: syntax.message, remedy: syntax.remedy };
}

export function joinLines(lines: readonly TextLine[]): string {
  return lines.map(({ text }) => text).join("\n");
}

/** Where in the file an offset into the joined lines stands. */
export function placeIn(lines: readonly TextLine[], offset: number): { line: number; column: number } {
  let rest = offset;
  for (const { text, line, column } of lines) {
    if (rest <= text.length) return { line, column: column + rest };
    rest -= text.length + 1;
  }
  const last = lines.at(-1);
  return { line: last?.line ?? 1, column: (last?.column ?? 1) + (last?.text.length ?? 0) };
}

/** The node, when `text` is one expression and nothing else. */
export function parseExpression(text: string, lang: Language): Node | undefined {
  const syntax = parseText(`(${text}\n)`, lang);
  if (!("program" in syntax)) return undefined;
  const [statement, ...more] = syntax.program.body;
  if (statement?.type !== "ExpressionStatement" || more.length > 0) return undefined;
  const { expression } = statement;
  // `1) + (2` parses as well, but begins at our parenthesis; `1, 2` is a list, not a value.
  return expression.start === 0 || expression.type === "SequenceExpression" ? undefined : expression;
}

/** Whether `await` stands outside any function. */
export function awaits(root: Node): boolean {
  let found = false;
  walkTree(root, (node) => {
    found ||=
      node.type === "AwaitExpression" ||
      (node.type === "ForOfStatement" && node.await) ||
      (node.type === "VariableDeclaration" && node.kind === "await using");
    return !found && !isFunction(node);
  });
  return found;
}

const THROWN = /^([\p{ID_Start}$_][\p{ID_Continue}$]*(?:\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*)[ \t]*:\s*(.*)$/su;

/**
 * What the lines below an example expect.
 *
 * @param inScope - tells whether the example may use a name
 */
export function readExpectation(lines: readonly TextLine[], lang: Language, inScope: (name: string) => boolean): Expectation | DocProblem {
  const text = joinLines(lines);
  if (text.trim() === "") return { kind: "none" };
  if (!/^!(?:\s|$)/.test(text)) {
    const plain = plainExpression(text);
    if (plain !== undefined) return { kind: "output", text, expression: [...plain].every(inScope) };
    const expression = parseExpression(text, lang);
    return { kind: "output", text, expression: expression !== undefined && !awaits(expression) && outOfScope(expression, inScope) === undefined };
  }
  const thrown = text.slice(1).trimStart();
  const place = placeIn(lines, 0);
  if (thrown === "") return { ...place, message: "`!` says nothing that is thrown", remedy: "write `! Name: message`, or `! <expression>`" };
  const match = THROWN.exec(thrown);
  if (match?.[1] !== undefined) return { kind: "throws", name: match[1], message: match[2] ?? "" };
  const expression = parseExpression(thrown, lang);
  if (expression === undefined || awaits(expression)) {
    return { ...place, message: `no error and no expression: ${thrown}`, remedy: "write `! Name: message`, or `! <expression>`" };
  }
  const unknown = outOfScope(expression, inScope);
  if (unknown === undefined) return { kind: "throwsValue", expression: thrown };
  return { ...place, message: `${unknown} is not in scope: ${thrown}`, remedy: "write `! Name: message`, or an expression of what is in scope" };
}

function outOfScope(expression: Node, inScope: (name: string) => boolean): string | undefined {
  return [...freeNames(expression).values.keys()].find((name) => !inScope(name));
}
