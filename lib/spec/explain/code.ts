/**
 * What changed inside a declaration: the member of a class, interface or enum, or the header or body of a function.
 *
 * @module
 */

import type { Node } from "oxc-parser";
import { short } from "./change.ts";
import { explainJson } from "./json.ts";
import { parseText } from "../parse.ts";

/** A phrase such as `member area`, `its body`, `10 -> 20`; empty when nothing short can be said. */
export function explainCode(before: string, after: string): string {
  const data = explainJson(before, after);
  if (data !== undefined) return data;
  const [old, now] = [membersOf(before), membersOf(after)];
  if (old !== undefined && now !== undefined) {
    const words = [
      ...[...now.keys()].filter((key) => !old.has(key)).map((key) => `added ${key}`),
      ...[...old.keys()].filter((key) => !now.has(key)).map((key) => `removed ${key}`),
      ...[...now].filter(([key, text]) => old.has(key) && old.get(key) !== text).map(([key]) => key),
    ];
    if (words.length > 0) return words.join(", ");
  }
  const [oldLine, newLine] = [short(before), short(after)];
  return oldLine.length + newLine.length <= 100 ? `${oldLine} -> ${newLine}` : "";
}

/** Part of the declaration, named for a person -> its code. Undefined for code that has no parts. */
function membersOf(code: string): ReadonlyMap<string, string> | undefined {
  const parts = new Map<string, string>();
  for (const statement of statementsOf(code)) addParts(statement, code, parts);
  return parts.size === 0 ? undefined : parts;
}

/** Nothing for code that is no list of statements, as the value of a JSON file. */
function statementsOf(code: string): readonly Node[] {
  for (const lang of ["ts", "tsx"] as const) {
    const syntax = parseText(code, lang);
    if ("program" in syntax) return syntax.program.body;
  }
  return [];
}

function addParts(statement: Node, code: string, parts: Map<string, string>): void {
  const put = (name: string, node: Node): void => {
    parts.set(name, `${parts.get(name) ?? ""}${code.slice(node.start, node.end)}\n`);
  };
  const members = bodyOf(statement);
  if (members !== undefined) {
    for (const member of members) put(`member ${keyOf(member, code)}`, member);
    const [first, last] = [members[0], members.at(-1)];
    if (first !== undefined && last !== undefined) parts.set("its header", code.slice(statement.start, first.start));
  } else if ((statement.type === "FunctionDeclaration" || statement.type === "FunctionExpression") && statement.body !== null) {
    parts.set("its header", `${parts.get("its header") ?? ""}${code.slice(statement.start, statement.body.start)}`);
    put("its body", statement.body);
  }
}

function bodyOf(statement: Node): readonly Node[] | undefined {
  switch (statement.type) {
    case "ClassDeclaration":
    case "TSInterfaceDeclaration":
      return statement.body.body;
    case "TSEnumDeclaration":
      return statement.body.members;
    case "TSModuleDeclaration":
      return statement.body?.body;
    case "TSTypeAliasDeclaration":
      return statement.typeAnnotation.type === "TSTypeLiteral" ? statement.typeAnnotation.members : undefined;
    case "VariableDeclaration": {
      const init = statement.declarations[0]?.init;
      return init?.type === "ObjectExpression" ? init.properties : undefined;
    }
    default:
      return undefined;
  }
}

function keyOf(member: Node, code: string): string {
  if (member.type === "TSEnumMember") return code.slice(member.id.start, member.id.end);
  const declared = "declaration" in member && member.declaration !== null ? member.declaration : member;
  const id = declared.type === "VariableDeclaration" ? declared.declarations[0]?.id : "id" in declared ? declared.id : undefined;
  if (id !== null && id !== undefined) return code.slice(id.start, id.end).replace(/:.*/s, "");
  if ("key" in member && member.key !== null) return code.slice(member.key.start, member.key.end);
  return short(code.slice(member.start, member.end));
}
