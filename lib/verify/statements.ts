/**
 * Example statements as functions that share one scope: each runs by itself, and what it declares the later ones see.
 *
 * @module
 */

import type { Node } from "oxc-parser";
import { parseText } from "../spec/parse.ts";
import { declaredNames } from "../spec/scope.ts";

export interface StatementCode {
  /** Body of the function that runs the statement and returns its value; `before` stands in front of its last part. */
  readonly body: (before: string) => string;
  /** Names that it declares, to be declared around all of them. */
  readonly declares: readonly string[];
  /** Types and enums, to stand around all of them. */
  readonly around: readonly string[];
}

type Declaration = Extract<Node, { type: "VariableDeclaration" }>;

/** @param source - one or more statements that parse */
export function statementCode(source: string, lang: "ts" | "tsx"): StatementCode {
  const syntax = parseText(source, lang);
  if (!("program" in syntax)) return { body: (before) => `${before}\n${source}`, declares: [], around: [] };
  const { body: statements } = syntax.program;
  const declares = new Set<string>();
  const around: string[] = [];
  const text = ({ start, end }: Node): string => source.slice(start, end);
  const parts = statements.map((statement, i) => {
    switch (statement.type) {
      case "ExpressionStatement": {
        const value = `(${text(statement.expression)}\n)`;
        return i === statements.length - 1 ? `return ${value};` : `${value};`;
      }
      case "TSTypeAliasDeclaration":
      case "TSInterfaceDeclaration":
      case "TSEnumDeclaration":
      case "TSModuleDeclaration":
        around.push(text(statement));
        return "";
      case "FunctionDeclaration":
      case "ClassDeclaration":
        if (statement.id === null) return text(statement);
        declares.add(statement.id.name);
        return `${statement.id.name} = ${text(statement)};`;
      case "VariableDeclaration":
        if (statement.declare || statement.kind.endsWith("using")) return text(statement);
        for (const name of declaredNames(statement).values) declares.add(name);
        return assignments(statement, source);
      default:
        return text(statement);
    }
  });
  const body = parts.filter((part) => part !== "");
  return { body: (before) => [...body.slice(0, -1), before, ...body.slice(-1)].join("\n"), declares: [...declares], around };
}

/** `const a: T = f(), { b } = c` as assignments to names that are declared elsewhere. */
function assignments({ declarations }: Declaration, source: string): string {
  return declarations
    .map(({ id, init }) => {
      const end = id.typeAnnotation?.start ?? id.end;
      // `let x!: T`: the mark belongs to the declaration, not to the name.
      const target = source.slice(id.start, end).replace(/[!?\s]+$/, "");
      const value = init === null ? "undefined" : source.slice(init.start, init.end);
      return id.type === "Identifier" ? `${target} = (${value}\n);` : `(${target} = (${value}\n));`;
    })
    .join("\n");
}
