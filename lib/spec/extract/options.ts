/**
 * The options of a spec: a literal, read without running anything.
 *
 * @module
 */

import { nearest } from "../../project/nearest.ts";
import { isType, staticString, type Node } from "../ast.ts";
import { withoutTypes } from "./calls.ts";
import type { Complaint } from "./hole.ts";
import type { SpecOptions } from "../types.ts";

const KEYS = ["provider", "model", "template", "allow", "unit"] as const;
type Key = (typeof KEYS)[number];

export interface ReadOptions {
  readonly options: SpecOptions;
  /** Values of the other keys that the kind of spec has. */
  readonly others: ReadonlyMap<string, Node>;
}

/**
 * Reads `{ provider, model, template, allow, unit }`; what is wrong goes to `complain`.
 *
 * @param more - keys that the kind of spec has besides these; their values are not looked at
 */
export function readOptions(node: Node, more: readonly string[], complain: (complaint: Complaint) => void): ReadOptions {
  const object = withoutTypes(node);
  const keys = [...more, ...KEYS];
  const others = new Map<string, Node>();
  const texts = new Map<Key, string>();
  const seen = new Set<string>();
  let allow: readonly string[] = [];
  if (object.type !== "ObjectExpression") {
    complain({ offset: node.start, message: "the options are no object literal", remedy: "write them in place: vibesafe.func({ allow: [\"node:path\"] }, function …)" });
    return { options: { allow }, others };
  }
  for (const property of object.properties) {
    const name = keyOf(property);
    const key = KEYS.find((known) => known === name);
    const value = property.type === "Property" ? withoutTypes(property.value) : undefined;
    if (name === undefined || value === undefined) {
      complain({ offset: property.start, message: "an option is not written out", remedy: `write it as \`key: value\`; keys: ${keys.join(", ")}` });
    } else if (!keys.includes(name)) {
      complain({ offset: property.start, message: `unknown option "${name}"`, remedy: `did you mean "${nearest(name, keys)[0] ?? ""}"? keys: ${keys.join(", ")}` });
    } else if (seen.has(name)) {
      complain({ offset: property.start, message: `option "${name}" is given twice`, remedy: "remove one of them" });
    } else if (key === undefined) {
      others.set(name, value);
    } else if (key === "allow") {
      const list = textsOf(value);
      if (list === undefined) complain({ offset: value.start, message: "allow is no list of texts", remedy: "write it in place: allow: [\"node:path\"]" });
      else allow = list;
    } else {
      const text = textOf(value);
      if (text === undefined) complain({ offset: value.start, message: `${key} is no text`, remedy: `write it in place: ${key}: "…"` });
      else texts.set(key, text);
    }
    if (name !== undefined) seen.add(name);
  }
  return { options: { ...Object.fromEntries(texts), allow }, others };
}

/** Key of a property that is written out; undefined for anything else. */
export function keyOf(property: Node): string | undefined {
  if (property.type !== "Property" || property.computed || property.method || property.kind !== "init") return undefined;
  if (property.key.type === "Identifier") return property.key.name;
  return property.key.type === "Literal" && typeof property.key.value === "string" ? property.key.value : undefined;
}

/** A text that is not empty, written as a literal. */
export function textOf(node: Node): string | undefined {
  return isType(node, "Literal", "TemplateLiteral") ? staticString(node) || undefined : undefined;
}

export function textsOf(node: Node): string[] | undefined {
  if (node.type !== "ArrayExpression") return undefined;
  const texts = node.elements.map((element) => (element === null ? undefined : textOf(withoutTypes(element))));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}
