/**
 * An independent notion of "the same program": equal syntax trees after the documented normalisation. It knows nothing of the printer.
 *
 * @module
 */

import { parseSync } from "oxc-parser";
import type { Node } from "../../lib/spec/ast.ts";

/** A tree as plain data, without positions and spellings. */
export type Tree = { readonly [field: string]: Tree } | readonly Tree[] | string | number | boolean | bigint | null;

export interface Parsed {
  readonly program: Node & { readonly type: "Program" };
  readonly errors: readonly string[];
}

export function parse(source: string, file: string): Parsed {
  const lang = file.endsWith(".d.ts") || file.endsWith(".d.mts") || file.endsWith(".d.cts") ? "dts" : file.endsWith("x") ? "tsx" : /\.[cm]?js$/.test(file) ? "jsx" : "ts";
  const result = parseSync(file, source, { lang, preserveParens: false, astType: "ts" });
  return { program: result.program, errors: result.errors.map((error) => error.message) };
}

const POSITIONS = new Set(["start", "end", "range", "parent"]);
const KEYED = new Set([
  "Property", "PropertyDefinition", "MethodDefinition", "AccessorProperty", "TSPropertySignature", "TSMethodSignature", "TSEnumMember",
  "TSAbstractPropertyDefinition", "TSAbstractMethodDefinition", "TSAbstractAccessorProperty", "ImportAttribute",
]);
const IN_TYPES = new Set(["TSPropertySignature", "TSMethodSignature"]);

export function normalise(value: unknown): Tree {
  if (Array.isArray(value)) return value.filter((item) => !isEmptyStatement(item)).map(normalise);
  if (typeof value === "object" && value !== null) return normaliseObject(Object.fromEntries(Object.entries(value)));
  if (typeof value === "undefined") return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return value;
  return null;
}

function isEmptyStatement(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && value.type === "EmptyStatement";
}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function normaliseObject(node: Fields): Tree {
  if (node["type"] === "Literal") return literal(node);
  if (node["type"] === "TaggedTemplateExpression") return plain({ ...node, quasi: rawParts(fieldsOf(node["quasi"])) });
  if (node["type"] === "TemplateElement") return { type: "TemplateElement", cooked: normalise(fieldsOf(node["value"])["cooked"]) };
  if (node["type"] === "LogicalExpression") return { type: "LogicalChain", operator: String(node["operator"]), parts: logicalParts(node, node["operator"]) };
  if (node["type"] === "TSUnionType" || node["type"] === "TSIntersectionType") return typeList(node);
  if (node["type"] === "ExpressionStatement" && typeof node["directive"] === "string") return { type: "Directive", text: node["directive"] };
  if (node["type"] === "Hashbang") return null;
  if (node["type"] === "Program") return plain({ ...node, sourceType: null, hashbang: null });
  if (node["type"] === "ImportSpecifier") return plain({ ...node, imported: nameText(node["imported"]) });
  if (node["type"] === "ExportSpecifier") return plain({ ...node, local: nameText(node["local"]), exported: nameText(node["exported"]) });
  if (node["type"] === "ExportAllDeclaration" && node["exported"] !== null) return plain({ ...node, exported: nameText(node["exported"]) });
  if (node["type"] === "JSXElement" || node["type"] === "JSXFragment") return jsxElement(node);
  if (node["type"] === "JSXAttribute") return plain({ ...node, value: jsxAttributeValue(node["value"]) });
  if (typeof node["type"] === "string" && KEYED.has(node["type"]) && node["computed"] !== true) return keyed(node, node["type"]);
  return plain(node);
}

function plain(node: Fields): Tree {
  const tree: Record<string, Tree> = {};
  for (const [field, value] of Object.entries(node)) if (!POSITIONS.has(field)) tree[field] = normalise(value);
  return tree;
}

function literal(node: Fields): Tree {
  if ("regex" in node) {
    const { pattern, flags } = fieldsOf(node["regex"]);
    return { type: "RegExp", pattern: String(pattern), flags: [...String(flags)].sort().join("") };
  }
  if ("bigint" in node) return { type: "BigInt", value: String(node["bigint"]) };
  return { type: "Literal", value: normalise(node["value"]) };
}

/** Property names: a word and its quoted form are one; a number and its text are one where they are no types. */
function keyed(node: Fields, type: string): Tree {
  const field = type === "TSEnumMember" ? "id" : "key";
  const key = fieldsOf(node[field]);
  let name: Tree = normalise(key);
  if (key["type"] === "Identifier" || (key["type"] === "Literal" && typeof key["value"] === "string")) name = `name:${String(key["name"] ?? key["value"])}`;
  else if (key["type"] === "Literal" && !IN_TYPES.has(type)) name = `name:${String(key["bigint"] ?? key["value"])}`;
  const rest = plain({ ...node, [field]: null });
  return { ...(typeof rest === "object" && rest !== null && !Array.isArray(rest) ? rest : {}), [field]: name };
}

function nameText(value: unknown): string {
  const name = fieldsOf(value);
  return String(name["name"] ?? name["value"]);
}

function rawParts(quasi: Fields): Tree {
  const quasis = Array.isArray(quasi["quasis"]) ? quasi["quasis"] : [];
  return {
    raw: quasis.map((part) => String(fieldsOf(fieldsOf(part)["value"])["raw"]).replace(/\r\n?/g, "\n")),
    slots: normalise(quasi["expressions"]),
  };
}

function logicalParts(value: unknown, operator: unknown): Tree[] {
  const node = fieldsOf(value);
  if (node["type"] !== "LogicalExpression" || node["operator"] !== operator) return [normalise(value)];
  return [...logicalParts(node["left"], operator), ...logicalParts(node["right"], operator)];
}

function typeList(node: Fields): Tree {
  const parts = typeParts(node, node["type"]);
  const only = parts[0];
  return parts.length === 1 && only !== undefined ? only : { type: String(node["type"]), parts };
}

function typeParts(value: unknown, type: unknown): Tree[] {
  const node = fieldsOf(value);
  const types = Array.isArray(node["types"]) ? node["types"] : [];
  if (types.length === 1 && (node["type"] === "TSUnionType" || node["type"] === "TSIntersectionType")) return typeParts(types[0], type);
  return node["type"] === type ? types.flatMap((item) => typeParts(item, type)) : [normalise(value)];
}

function jsxElement(node: Fields): Tree {
  const children: Tree[] = [];
  let text = "";
  for (const child of Array.isArray(node["children"]) ? node["children"] : []) {
    const part = jsxText(child);
    if (typeof part === "string") text += part;
    else {
      if (text !== "") children.push(text);
      text = "";
      children.push(normalise(child));
    }
  }
  if (text !== "") children.push(text);
  const opening = fieldsOf(node["openingElement"]);
  return { type: String(node["type"]), opening: plain({ ...opening, selfClosing: null }), children };
}

/** The text that a child renders as, if it is one; comments render as nothing. */
function jsxText(value: unknown): string | undefined {
  const child = fieldsOf(value);
  if (child["type"] === "JSXText") {
    const lines = String(child["value"]).split(/\r\n|[\r\n]/);
    const trimmed = lines.map((line, index) => {
      let text = line;
      if (index > 0) text = text.replace(/^[ \t]+/, "");
      if (index < lines.length - 1) text = text.replace(/[ \t]+$/, "");
      return text;
    });
    return trimmed.filter((line) => line !== "").join(" ");
  }
  if (child["type"] !== "JSXExpressionContainer") return undefined;
  const inner = fieldsOf(child["expression"]);
  if (inner["type"] === "JSXEmptyExpression") return "";
  return inner["type"] === "Literal" && inner["value"] === " " ? " " : undefined;
}

function jsxAttributeValue(value: unknown): Tree {
  const node = fieldsOf(value);
  const inner = fieldsOf(node["expression"]);
  if (node["type"] === "JSXExpressionContainer" && inner["type"] === "Literal" && typeof inner["value"] === "string") return { braced: inner["value"] };
  if (node["type"] !== "Literal") return normalise(value);
  const text = String(node["value"]).replaceAll("&quot;", '"').replaceAll("&apos;", "'");
  return text.includes("&") ? { reference: text } : { braced: text };
}
