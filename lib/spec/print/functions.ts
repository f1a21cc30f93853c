/**
 * Functions: headers, bodies, type parameters.
 *
 * @module
 */

import type { Function as FunctionNode, ParamPattern, TSTypeAnnotation, TSTypeParameterDeclaration } from "oxc-parser";
import type { NodeOf, NodeType } from "../ast.ts";
import type { Printer, PrinterTable } from "./printer.ts";
import { bare } from "../ast.ts";
import { braced, commas, maybe, single, word } from "./printer.ts";

export const functionPrinters = {
  FunctionDeclaration: (node, p) => functionText(node, p),
  FunctionExpression: (node, p) => functionText(node, p),
  TSDeclareFunction: (node, p) => functionText(node, p),
  TSEmptyBodyFunctionExpression: (node, p) => functionText(node, p),
  ArrowFunctionExpression: (node, p) => arrow(node, p),
  BlockStatement: (node, p) => braced(node.body, p),
  TSTypeParameterDeclaration: (node, p) => `<${commas(node.params, p)}>`,
} satisfies Partial<PrinterTable>;

function functionText(node: FunctionNode, p: Printer): string {
  const keywords = `${word(node.declare, "declare")}${word(node.async, "async")}function${node.generator ? "*" : ""}`;
  return `${keywords}${maybe(" ", node.id, p)}${node.id === null ? " " : ""}${functionTail(node, p)}`;
}

/** From the type parameters to the end of the body; a function without a body ends in `;`. */
export function functionTail(node: FunctionNode, p: Printer): string {
  const header = signature(node, ": ", p);
  return node.body === null ? `${header};` : `${header} ${p.print(node.body)}`;
}

/** What every function-like node has. */
export interface SignatureNode {
  readonly typeParameters?: TSTypeParameterDeclaration | null;
  readonly params: readonly ParamPattern[];
  readonly returnType?: TSTypeAnnotation | null;
}

/** `<T>(a: A): R`, with `arrow` before the result type. */
export function signature(node: SignatureNode, arrow: string, p: Printer): string {
  return `${maybe("", node.typeParameters, p)}(${commas(node.params, p)})${maybe(arrow, node.returnType, p)}`;
}

/** Result types that would swallow the arrow of an arrow function, or read as its body. */
const OPEN_RESULTS: ReadonlySet<NodeType> = new Set<NodeType>(["TSConditionalType", "TSConstructorType", "TSFunctionType", "TSInferType"]);

function arrow(node: NodeOf<"ArrowFunctionExpression">, p: Printer): string {
  return `${word(node.async, "async")}${arrowTypeParameters(node.typeParameters, p)}(${commas(node.params, p)})${arrowResult(node, p)} => ${arrowBody(node, p)}`;
}

/** A lone type parameter keeps a comma: without it a `.tsx` file reads `<T>` as an element. */
function arrowTypeParameters(node: TSTypeParameterDeclaration | null | undefined, p: Printer): string {
  if (node === null || node === undefined) return "";
  return node.params.length === 1 ? `<${commas(node.params, p)},>` : p.print(node);
}

function arrowResult(node: NodeOf<"ArrowFunctionExpression">, p: Printer): string {
  if (node.returnType === null || node.returnType === undefined) return "";
  const type = bare(node.returnType.typeAnnotation);
  return OPEN_RESULTS.has(type.type) ? `: (${p.print(type)})` : `: ${p.print(type)}`;
}

function arrowBody(node: NodeOf<"ArrowFunctionExpression">, p: Printer): string {
  if (node.body.type === "BlockStatement") return p.print(node.body);
  const text = single(node.body, p);
  return text.startsWith("{") ? `(${text})` : text;
}
