/**
 * Canonical text of a syntax tree: two trees print the same if and only if they differ in nothing but trivia.
 *
 * Trivia are comments, white space, quotes, escapes, semicolons, redundant parentheses, trailing commas, the spelling of numbers and the
 * quotes of property names. The text is TypeScript that parses back to the same tree. It feeds H_spec, so any change of what is printed
 * makes every unit drift: the tests pin it.
 *
 * @module
 */

import type { Node, NodeMap, NodeType } from "./ast.ts";
import type { Printer, PrinterTable } from "./print/printer.ts";
import { withinStack } from "./ast.ts";
import { classPrinters } from "./print/classes.ts";
import { expressionPrinters } from "./print/expressions.ts";
import { assertKnown } from "./print/fields.ts";
import { functionPrinters } from "./print/functions.ts";
import { jsxPrinters } from "./print/jsx.ts";
import { literalPrinters } from "./print/literals.ts";
import { modulePrinters } from "./print/modules.ts";
import { patternPrinters } from "./print/patterns.ts";
import { printLines } from "./print/printer.ts";
import { statementPrinters } from "./print/statements.ts";
import { typeMemberPrinters } from "./print/type-members.ts";
import { typePrinters } from "./print/types.ts";

const PRINTERS: PrinterTable = {
  ...classPrinters,
  ...expressionPrinters,
  ...functionPrinters,
  ...jsxPrinters,
  ...literalPrinters,
  ...modulePrinters,
  ...patternPrinters,
  ...statementPrinters,
  ...typeMemberPrinters,
  ...typePrinters,
};

/** Prints a node, without the semicolon, parentheses or indentation that only its surroundings would give it.
 * @throws VibesafeTypeError when the tree holds a node or a field that this printer does not know (nothing is ever left out silently), or is
 * nested more than a thousand levels deep */
export function printCanonical(node: Node): string {
  assertKnown(node);
  return withinStack(node, () => createPrinter().print(node));
}

/** Prints statements one below the other; empty statements are trivia. */
export function printStatements(statements: readonly Node[]): string {
  for (const statement of statements) assertKnown(statement);
  return withinStack(statements[0], () => printLines(statements, createPrinter()).join("\n"));
}

function createPrinter(): Printer {
  const printer: Printer = { indent: "", print: (node) => printNode(node.type, node, printer) };
  return printer;
}

function printNode<K extends NodeType>(type: K, node: NodeMap[K], printer: Printer): string {
  return PRINTERS[type](node, printer);
}
