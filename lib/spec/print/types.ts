/**
 * Types.
 *
 * @module
 */

import type { TSMappedType, TSTypeParameter } from "oxc-parser";
import type { Node, NodeType } from "../ast.ts";
import type { Printer, PrinterTable } from "./printer.ts";
import { bare } from "../ast.ts";
import { unprintable } from "./fields.ts";
import { signature } from "./functions.ts";
import { commas, maybe, word } from "./printer.ts";

/** Types that need no parentheses as an operand of `|`, `&`, `keyof`, `extends`. */
const PRIMARY: ReadonlySet<NodeType> = new Set<NodeType>([
  "TSAnyKeyword", "TSArrayType", "TSBigIntKeyword", "TSBooleanKeyword", "TSImportType", "TSIndexedAccessType", "TSIntrinsicKeyword",
  "TSLiteralType", "TSMappedType", "TSNeverKeyword", "TSNullKeyword", "TSNumberKeyword", "TSObjectKeyword", "TSStringKeyword",
  "TSSymbolKeyword", "TSTemplateLiteralType", "TSThisType", "TSTupleType", "TSTypeLiteral", "TSTypeQuery", "TSTypeReference",
  "TSUndefinedKeyword", "TSUnknownKeyword", "TSVoidKeyword",
]);

export const typePrinters = {
  TSAnyKeyword: () => "any",
  TSBigIntKeyword: () => "bigint",
  TSBooleanKeyword: () => "boolean",
  TSIntrinsicKeyword: () => "intrinsic",
  TSNeverKeyword: () => "never",
  TSNullKeyword: () => "null",
  TSNumberKeyword: () => "number",
  TSObjectKeyword: () => "object",
  TSStringKeyword: () => "string",
  TSSymbolKeyword: () => "symbol",
  TSUndefinedKeyword: () => "undefined",
  TSUnknownKeyword: () => "unknown",
  TSVoidKeyword: () => "void",
  TSThisType: () => "this",
  // JSDoc's `?A`, `A?`, `!A` are errors in TypeScript, and `[| A?]` would print as the tuple `[A?]`.
  TSJSDocUnknownType: (node) => refuse(node),
  TSJSDocNullableType: (node) => refuse(node),
  TSJSDocNonNullableType: (node) => refuse(node),

  TSTypeAnnotation: (node, p) => p.print(node.typeAnnotation),
  TSParenthesizedType: (node, p) => p.print(node.typeAnnotation),
  TSLiteralType: (node, p) => p.print(node.literal),
  TSArrayType: (node, p) => `${typeHead(node.elementType, p)}[]`,
  TSIndexedAccessType: (node, p) => `${typeHead(node.objectType, p)}[${p.print(node.indexType)}]`,
  TSTupleType: (node, p) => `[${commas(node.elementTypes, p)}]`,
  TSNamedTupleMember: (node, p) => `${p.print(node.label)}${node.optional ? "?" : ""}: ${p.print(node.elementType)}`,
  TSOptionalType: (node, p) => `${typeOperand(node.typeAnnotation, p)}?`,
  TSRestType: (node, p) => `...${node.typeAnnotation.type === "TSNamedTupleMember" ? p.print(node.typeAnnotation) : typeOperand(node.typeAnnotation, p)}`,
  TSUnionType: (node, p) => members(node, p).join(" | "),
  TSIntersectionType: (node, p) => members(node, p).join(" & "),
  TSTypeOperator: (node, p) => `${node.operator} ${typeOperand(node.typeAnnotation, p)}`,
  TSConditionalType: (node, p) => {
    const branches = `${typeOperand(node.trueType, p)} : ${p.print(node.falseType)}`;
    return `${typeOperand(node.checkType, p)} extends ${typeOperand(node.extendsType, p)} ? ${branches}`;
  },
  TSInferType: (node, p) => `infer ${p.print(node.typeParameter)}`,
  TSMappedType: (node, p) => mappedType(node, p),
  TSFunctionType: (node, p) => signature(node, " => ", p),
  TSConstructorType: (node, p) => `${word(node.abstract, "abstract")}new ${signature(node, " => ", p)}`,
  TSTypePredicate: (node, p) => {
    const type = node.typeAnnotation === null ? "" : ` is ${typeOperand(node.typeAnnotation.typeAnnotation, p)}`;
    return `${word(node.asserts, "asserts")}${p.print(node.parameterName)}${type}`;
  },

  TSTypeReference: (node, p) => p.print(node.typeName) + maybe("", node.typeArguments, p),
  TSQualifiedName: (node, p) => `${p.print(node.left)}.${p.print(node.right)}`,
  TSTypeQuery: (node, p) => `typeof ${p.print(node.exprName)}${maybe("", node.typeArguments, p)}`,
  TSImportType: (node, p) => `import(${p.print(node.source)}${maybe(", ", node.options, p)})${maybe(".", node.qualifier, p)}${maybe("", node.typeArguments, p)}`,
  TSTypeParameterInstantiation: (node, p) => `<${commas(node.params, p)}>`,
  TSTypeParameter: (node, p) => typeParameter(node, p),
} satisfies Partial<PrinterTable>;

function refuse(node: Node): never {
  throw unprintable(`a syntax node of type ${node.type}`, node);
}

/** Skips parentheses, and unions and intersections of one: `| A` is `A`. */
function bareType(node: Node): Node {
  const inner = bare(node);
  const only = inner.type === "TSUnionType" || inner.type === "TSIntersectionType" ? inner.types : [];
  return only.length === 1 && only[0] !== undefined ? bareType(only[0]) : inner;
}

function typeOperand(node: Node, p: Printer): string {
  const inner = bareType(node);
  return PRIMARY.has(inner.type) ? p.print(inner) : `(${p.print(inner)})`;
}

/** What stands before `[…]`: `typeof a[]` and `-1[]` are left to nobody's memory. */
function typeHead(node: Node, p: Printer): string {
  const inner = bareType(node);
  const plain = inner.type !== "TSTypeQuery" && !(inner.type === "TSLiteralType" && inner.literal.type === "UnaryExpression");
  return plain ? typeOperand(inner, p) : `(${p.print(inner)})`;
}

/** Members of a union or intersection; one within another of its kind is the same list: `A | (B | C)` is `A | B | C`. */
function members(node: { readonly type: "TSUnionType" | "TSIntersectionType"; readonly types: readonly Node[] }, p: Printer): string[] {
  if (node.types.length === 1 && node.types[0] !== undefined) return [p.print(bareType(node.types[0]))];
  return node.types.flatMap((type) => {
    const inner = bareType(type);
    return inner.type === node.type && "types" in inner ? members(inner, p) : [typeOperand(inner, p)];
  });
}

function mappedType(node: TSMappedType, p: Printer): string {
  const readonly = node.readonly === null ? "" : node.readonly === true ? "readonly " : `${node.readonly}readonly `;
  const optional = node.optional === false ? "" : node.optional === true ? "?" : `${node.optional}?`;
  const key = `${p.print(node.key)} in ${p.print(node.constraint)}${maybe(" as ", node.nameType, p)}`;
  return `{ ${readonly}[${key}]${optional}${maybe(": ", node.typeAnnotation, p)} }`;
}

function typeParameter(node: TSTypeParameter, p: Printer): string {
  const variance = `${word(node.const, "const")}${word(node.in, "in")}${word(node.out, "out")}`;
  return `${variance}${p.print(node.name)}${maybe(" extends ", node.constraint, p)}${maybe(" = ", node.default, p)}`;
}
