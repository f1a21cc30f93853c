/**
 * A module with its specs replaced by their generated code, for bundlers.
 *
 * @module
 */

import { cutsOf, cutText, type Cut } from "./cut.ts";
import type { Module } from "./parse.ts";
import type { Spec } from "./types.ts";
import { splitUnitId } from "./unit-id.ts";
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
  const { specs: all, problems } = readSpecs(workspace, file);
  const [problem] = problems;
  if (problem !== undefined) throw problem.error;
  // A tagged declaration stays the stub that it is: its unit is reached through its shim.
  const specs = all.filter(({ form }) => form !== "declaration");
  const module = specs.length === 0 ? undefined : workspace.module(file);
  if (module === undefined) return undefined;
  const implementations = new Map(specs.map((spec) => [nameIn(spec), verifiedSave(workspace, spec, () => spec).impl]));
  const cuts = specs.flatMap((spec) => cutsOf(spec, localName(spec)));
  const code = cutText(module.source, [...cuts, ...idleImports(module, specs)]);
  const imports = specs.map((spec) => `import { ${spec.name} as ${localName(spec)} } from ${JSON.stringify(specifierOf(nameIn(spec)))};\n`);
  // Imports are hoisted: at the end they move no line.
  return { code: `${code}\n${imports.join("")}`, implementations };
}

/** Name of a unit in its file, `Class.method` for a method. */
function nameIn({ id }: Spec): string {
  return splitUnitId(id).name;
}

function localName(spec: Spec): string {
  return `__vibesafe_${nameIn(spec).replace(".", "$")}`;
}

/** Imports of vibesafe that only the specs used. */
function idleImports({ program, source }: Module, specs: readonly Spec[]): Cut[] {
  return program.body.flatMap((node) => {
    if (node.type !== "ImportDeclaration" || node.source.value !== "vibesafe") return [];
    const outside = cutText(source, [...specs.map(({ call }) => ({ ...call, text: "" })), { start: node.start, end: node.end, text: "" }]);
    const words = new Set(outside.match(/[\p{ID_Continue}$]+/gu));
    return node.specifiers.some(({ local }) => words.has(local.name)) ? [] : [{ start: node.start, end: node.end, text: "" }];
  });
}
