/**
 * A module with its specs replaced by their generated code, for bundlers.
 *
 * @module
 */

import type { Module } from "./parse.ts";
import type { Spec } from "./types.ts";
import { verifiedSave } from "./verified-save.ts";
import type { Workspace } from "./workspace.ts";
import { readSpecs } from "./workspace.ts";

export interface Replaced {
  /** As many lines as before, each where it was. */
  readonly code: string;
  /** Name of each unit -> its verified `impl.ts`. */
  readonly implementations: ReadonlyMap<string, string>;
}

/**
 * Verifies the specs of a file as production does and replaces each call by a name imported from `specifierOf(name)`; undefined when
 * the file has none.
 *
 * @throws VibesafeError where production would throw it
 */
export function replaceSpecs(workspace: Workspace, file: string, specifierOf: (name: string) => string): Replaced | undefined {
  const { specs, problems } = readSpecs(workspace, file);
  const [problem] = problems;
  if (problem !== undefined) throw problem.error;
  const module = specs.length === 0 ? undefined : workspace.module(file);
  if (module === undefined) return undefined;
  const implementations = new Map(specs.map((spec) => [spec.name, verifiedSave(workspace, spec, () => spec).impl]));
  const cuts = specs.map((spec): Cut => ({ ...spec.call, text: localName(spec.name) }));
  const code = cut(module.source, [...cuts, ...idleImports(module, specs)]);
  const imports = specs.map(({ name }) => `import { ${name} as ${localName(name)} } from ${JSON.stringify(specifierOf(name))};\n`);
  // Imports are hoisted: at the end they move no line.
  return { code: `${code}\n${imports.join("")}`, implementations };
}

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function localName(name: string): string {
  return `__vibesafe_${name}`;
}

/** Imports of vibesafe that only the specs used. */
function idleImports({ program, source }: Module, specs: readonly Spec[]): Cut[] {
  return program.body.flatMap((node) => {
    if (node.type !== "ImportDeclaration" || node.source.value !== "vibesafe") return [];
    const outside = cut(source, [...specs.map(({ call }) => ({ ...call, text: "" })), { start: node.start, end: node.end, text: "" }]);
    const words = new Set(outside.match(/[\p{ID_Continue}$]+/gu));
    return node.specifiers.some(({ local }) => words.has(local.name)) ? [] : [{ start: node.start, end: node.end, text: "" }];
  });
}

/** Replaces spans; the line ends in them stay. */
function cut(source: string, cuts: readonly Cut[]): string {
  let result = "";
  let from = 0;
  for (const { start, end, text } of [...cuts].sort((a, b) => a.start - b.start)) {
    result += source.slice(from, start) + text + source.slice(start, end).replaceAll(/[^\n]/g, "");
    from = end;
  }
  return result + source.slice(from);
}
