/**
 * Statements and variable declarations.
 *
 * @module
 */

import type { CatchClause, Expression, ForStatementInit, ForStatementLeft, SwitchCase, VariableDeclaration, VariableDeclarator } from "oxc-parser";
import type { NodeOf } from "../ast.ts";
import type { Printer, PrinterTable } from "./printer.ts";
import { bare } from "../ast.ts";
import { directive } from "./literals.ts";
import { braced, maybe, printLines, single, target, word } from "./printer.ts";

/** Words that start a declaration, a block or a decorator where a statement is expected. */
const STATEMENT_WORDS =
  /^(?:\{|@|(?:async )?function\b|class\b|let\b|(?:abstract|accessor|declare|enum|global|interface|module|namespace|type|using|await using) )/;

export const statementPrinters = {
  Program: (node, p) => printLines(node.body, p).join("\n"),
  // Says how to start the program, not what it does.
  Hashbang: () => "",
  EmptyStatement: () => ";",
  DebuggerStatement: () => "debugger;",
  ExpressionStatement: (node, p) => expressionStatement(node, p),
  VariableDeclaration: (node, p) => `${variables(node, p, false)};`,
  VariableDeclarator: (node, p) => declarator(node, p, false),
  ReturnStatement: (node, p) => `return${maybe(" ", node.argument, p)};`,
  ThrowStatement: (node, p) => `throw ${p.print(node.argument)};`,
  BreakStatement: (node, p) => `break${maybe(" ", node.label, p)};`,
  ContinueStatement: (node, p) => `continue${maybe(" ", node.label, p)};`,
  LabeledStatement: (node, p) => `${p.print(node.label)}: ${p.print(node.body)}`,
  IfStatement: (node, p) => `if (${p.print(node.test)}) ${p.print(node.consequent)}${maybe(" else ", node.alternate, p)}`,
  WhileStatement: (node, p) => `while (${p.print(node.test)}) ${p.print(node.body)}`,
  DoWhileStatement: (node, p) => `do ${p.print(node.body)} while (${p.print(node.test)});`,
  ForStatement: (node, p) => `for (${forInit(node.init, p)};${maybe(" ", node.test, p)};${maybe(" ", node.update, p)}) ${p.print(node.body)}`,
  ForInStatement: (node, p) => `for (${forLeft(node.left, p)} in ${p.print(node.right)}) ${p.print(node.body)}`,
  ForOfStatement: (node, p) => `for ${word(node.await, "await")}(${forLeft(node.left, p)} of ${single(node.right, p)}) ${p.print(node.body)}`,
  WithStatement: (node, p) => `with (${p.print(node.object)}) ${p.print(node.body)}`,
  SwitchStatement: (node, p) => `switch (${p.print(node.discriminant)}) ${braced(node.cases, p)}`,
  SwitchCase: (node, p) => switchCase(node, p),
  TryStatement: (node, p) => `try ${p.print(node.block)}${maybe(" ", node.handler, p)}${maybe(" finally ", node.finalizer, p)}`,
  CatchClause: (node, p) => catchClause(node, p),
} satisfies Partial<PrinterTable>;

function expressionStatement(node: NodeOf<"ExpressionStatement">, p: Printer): string {
  if (node.directive !== null && node.directive !== undefined) return `${directive(node.directive)};`;
  const text = p.print(node.expression);
  // A string that is no directive must not become one.
  const expression = bare(node.expression);
  const string = expression.type === "Literal" && typeof expression.value === "string";
  return string || STATEMENT_WORDS.test(text) ? `(${text});` : `${text};`;
}

function variables(node: VariableDeclaration, p: Printer, inForHead: boolean): string {
  return `${word(node.declare, "declare")}${node.kind} ${node.declarations.map((item) => declarator(item, p, inForHead)).join(", ")}`;
}

function declarator(node: VariableDeclarator, p: Printer, inForHead: boolean): string {
  const name = definite(p.print(node.id), node);
  return node.init === null ? name : `${name} = ${inForHead ? withoutIn(node.init, p) : single(node.init, p)}`;
}

/** `x!: T`: the mark stands between name and type. */
function definite(text: string, node: VariableDeclarator): string {
  if (node.definite !== true || node.id.type !== "Identifier") return text;
  return `${node.id.name}!${text.slice(node.id.name.length)}`;
}

/** An initialiser in the head of a loop, where a bare `in` would end it. */
function withoutIn(node: Expression, p: Printer): string {
  const text = single(node, p);
  return text.includes(" in ") ? `(${text})` : text;
}

function forInit(node: ForStatementInit | null, p: Printer): string {
  if (node === null) return "";
  if (node.type === "VariableDeclaration") return variables(node, p, true);
  const text = p.print(node);
  return text.includes(" in ") || /^let\b/.test(text) ? `(${text})` : text;
}

function forLeft(node: ForStatementLeft, p: Printer): string {
  if (node.type === "VariableDeclaration") return variables(node, p, true);
  const text = target(node, p);
  return /^(?:let\b|async$)/.test(text) ? `(${text})` : text;
}

function switchCase(node: SwitchCase, p: Printer): string {
  const label = node.test === null ? "default:" : `case ${p.print(node.test)}:`;
  const outer = p.indent;
  p.indent = `${outer}  `;
  const lines = [label, ...printLines(node.consequent, p)];
  p.indent = outer;
  return lines.join(`\n${outer}  `);
}

function catchClause(node: CatchClause, p: Printer): string {
  return `catch ${node.param === null ? "" : `(${p.print(node.param)}) `}${p.print(node.body)}`;
}

/** Whether an expression that starts like this must stand in parentheses after `export default`. */
export function startsLikeDeclaration(text: string): boolean {
  return STATEMENT_WORDS.test(text) && !text.startsWith("{");
}

