/**
 * Which mutants of a generated module there are: each is the module with one thing changed.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Node } from "../../spec/ast.ts";
import { parseText, type Module } from "../../spec/parse.ts";
import { declaredNames } from "../../spec/scope.ts";
import type { Spec } from "../../spec/types.ts";
import { walkTree } from "../../spec/walk.ts";
import { languageOf } from "../entry.ts";
import type { Mutation } from "./mutation.ts";
import { mutationsOf } from "./mutators.ts";

export interface Mutant extends Mutation {
  /** In `impl.ts`, from 1. */
  readonly line: number;
  readonly column: number;
  /** The module with the change. */
  readonly code: string;
  /** The changed lines: before with `- `, after with `+ `. */
  readonly diff: string;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Mutants of what the model wrote, in the order of the code. What the spec's file says itself is left alone: the pre-hole code, and
 * declarations that the module had to repeat.
 *
 * @param module - the spec's file
 */
export function mutantsOf(impl: string, spec: Spec, module: Module): Mutant[] {
  const lang = languageOf(spec);
  const syntax = parseText(impl, lang);
  if (!("program" in syntax)) return [];
  const own = new Set<Node>(specsOwn(syntax.program, spec, module));
  const mutations: Mutation[] = [];
  walkTree(syntax.program, (node, ancestors) => {
    if (own.has(node) || isTypeNode(node)) return false;
    mutations.push(...mutationsOf(node, { source: impl, parent: ancestors.at(-1) }));
    return true;
  });
  const seen = new Set<string>();
  return mutations.sort((a, b) => a.start - b.start || a.end - b.end).flatMap((mutation) => {
    const code = impl.slice(0, mutation.start) + mutation.text + impl.slice(mutation.end);
    // Two mutators may come to the same; a change that no longer parses proves nothing.
    if (seen.has(code) || !("program" in parseText(code, lang))) return [];
    seen.add(code);
    const lines = impl.slice(0, mutation.start).split("\n");
    return [{ ...mutation, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, code, diff: diffOf(impl, mutation) }];
  });
}

/** At most `limit` of a unit's mutants, the same ones each time; in the order given. */
export function sampleMutants(mutants: readonly Mutant[], limit: number, salt: string): Mutant[] {
  if (mutants.length <= limit) return [...mutants];
  const rank = (mutant: Mutant): string => createHash("sha256").update(`${salt}\n${mutant.start} ${mutant.end} ${mutant.text}`).digest("hex");
  const ranked = mutants.map((mutant) => ({ mutant, rank: rank(mutant) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const chosen = new Set(ranked.slice(0, limit).map(({ mutant }) => mutant));
  return mutants.filter((mutant) => chosen.has(mutant));
}

/** Types are erased; of what wraps a value only the value counts. */
function isTypeNode({ type }: Node): boolean {
  return type.startsWith("TS") && !/^TS(?:As|Satisfies|NonNull|Instantiation)Expression$/.test(type);
}

function specsOwn(program: Node & { readonly type: "Program" }, spec: Spec, module: Module): Node[] {
  const repeated = program.body.filter((statement) => {
    if (statement.type === "ImportDeclaration") return true;
    const names = [...declaredNames(statement).values];
    return names.length > 0 && names.every((name) => name !== spec.name && module.declarations.has(name));
  });
  const syntax = parseText(`async () => {${spec.preHole}\n}`, languageOf(spec));
  const wrapper = "program" in syntax ? syntax.program.body[0] : undefined;
  const arrow = wrapper?.type === "ExpressionStatement" ? wrapper.expression : undefined;
  const count = arrow?.type === "ArrowFunctionExpression" && arrow.body.type === "BlockStatement" ? arrow.body.body.length : 0;
  return [...repeated, ...(count === 0 ? [] : (bodyOf(program, spec.name)?.slice(0, count) ?? []))];
}

/** Statements of the function of that name at the top of a module. */
function bodyOf(program: Node & { readonly type: "Program" }, name: string): readonly Node[] | undefined {
  for (const statement of program.body) {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declaration?.type === "FunctionDeclaration" && declaration.id?.name === name) return declaration.body?.body;
    if (declaration?.type !== "VariableDeclaration") continue;
    const init = declaration.declarations.find(({ id }) => id.type === "Identifier" && id.name === name)?.init;
    if (init?.type === "FunctionExpression" || init?.type === "ArrowFunctionExpression") return init.body?.type === "BlockStatement" ? init.body.body : undefined;
  }
  return undefined;
}

function diffOf(impl: string, { start, end, text }: Mutation): string {
  const from = impl.lastIndexOf("\n", start - 1) + 1;
  const to = impl.indexOf("\n", end) < 0 ? impl.length : impl.indexOf("\n", end);
  const marked = (mark: string, lines: string): string[] => lines.split("\n").map((line) => `${mark} ${line}`.trimEnd());
  return [...marked("-", impl.slice(from, to)), ...marked("+", impl.slice(from, start) + text + impl.slice(end, to))].join("\n");
}

/** Whether a mutant lies in code that nothing reaches. */
export function isUnreached({ start, end }: Mutant, missed: readonly Span[]): boolean {
  return missed.some((span) => span.start <= start && end <= span.end && span.start < span.end);
}
