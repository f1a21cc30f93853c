/**
 * A module with its specs replaced by their generated code, for bundlers.
 *
 * @module
 */

import { posix } from "node:path";
import { VibesafeTypeError } from "../errors.ts";
import type { Save } from "./checkpoint.ts";
import { cutsOf, cutText, endpointCuts, type Cut } from "./cut.ts";
import type { Module } from "./parse.ts";
import { findSpec } from "./scan.ts";
import { readShim, type ShimExport } from "./shims.ts";
import type { Spec } from "./types.ts";
import { splitUnitId } from "./unit-id.ts";
import { packageWarnings, verifiedSave } from "./verified-save.ts";
import type { Workspace } from "./workspace.ts";
import { readSpecs } from "./workspace.ts";

export interface Replaced {
  /** As many lines as before, each where it was. */
  readonly code: string;
  /** Specifier of each unit's module -> its verified `impl.ts`. */
  readonly implementations: ReadonlyMap<string, string>;
  /** Packages that are not those that were frozen, and may be others here: a line for each. */
  readonly warnings: readonly string[];
}

/**
 * Verifies the specs of a file, or those that a shim exports, as production does, and replaces each call by a name imported from
 * `specifierOf`; undefined when the file has none.
 *
 * @param specifierOf - of the module that stands for a unit: the spec's file, relative to `file`, and the name of the unit in it
 * @throws VibesafeError where production would throw it
 */
export function replaceSpecs(workspace: Workspace, file: string, specifierOf: (file: string, name: string) => string): Replaced | undefined {
  const exports = readShim(workspace.text(file) ?? "");
  if (exports.length > 0) return replaceShim(workspace, file, exports, specifierOf);
  const { specs: all, problems } = readSpecs(workspace, file);
  const [problem] = problems;
  if (problem !== undefined) throw problem.error;
  // A tagged declaration stays the stub that it is: its unit is reached through its shim.
  const specs = all.filter(({ form }) => form !== "declaration");
  const module = specs.length === 0 ? undefined : workspace.module(file);
  if (module === undefined) return undefined;
  const own = `./${posix.basename(file)}`;
  const saves = new Map(specs.map((spec) => [spec, verifiedSave(workspace, spec, () => spec)]));
  const implementations = new Map([...saves].map(([spec, { impl }]) => [specifierOf(own, nameIn(spec)), impl]));
  const cuts = [...saves].flatMap(([spec, save]) => (spec.http === undefined ? cutsOf(spec, localName(spec)) : endpointCuts(spec, endpointHead(save), `, ${localName(spec)})`)));
  const code = cutText(module.source, [...cuts, ...idleImports(module, specs)]);
  const imports = specs.map((spec) => `import { ${spec.name} as ${localName(spec)} } from ${JSON.stringify(specifierOf(own, nameIn(spec)))};\n`);
  if (specs.some(({ http }) => http !== undefined)) imports.push(`import { builtEndpoint as ${BUILT} } from "vibesafe/http";\n`);
  // Imports are hoisted: at the end they move no line.
  const warnings = [...saves].flatMap(([spec, save]) => packageWarnings(workspace, spec, save));
  return { code: `${code}\n${imports.join("")}`, implementations, warnings };
}

function replaceShim(workspace: Workspace, file: string, exports: readonly ShimExport[], specifierOf: (file: string, name: string) => string): Replaced {
  const implementations = new Map<string, string>();
  const imports = ["\n"];
  const warnings: string[] = [];
  const cuts = exports.flatMap(({ unit, call }) => {
    const spec = findSpec(workspace, unit);
    if (spec === undefined) {
      throw new VibesafeTypeError(`${file}: there is no unit ${unit}`, { unit, remedy: "run `vibe scan --write-shims`" });
    }
    const beside = posix.relative(posix.dirname(file), spec.file);
    const specifier = specifierOf(beside.startsWith(".") ? beside : `./${beside}`, nameIn(spec));
    const save = verifiedSave(workspace, spec, () => spec);
    warnings.push(...packageWarnings(workspace, spec, save));
    implementations.set(specifier, save.impl);
    imports.push(`import { ${spec.name} as ${localName(spec)} } from ${JSON.stringify(specifier)};\n`);
    return [{ ...call, text: localName(spec) }];
  });
  return { code: `${cutText(workspace.text(file) ?? "", cuts)}${imports.join("")}`, implementations, warnings };
}

const BUILT = "__vibesafe_endpoint";

/** The call that registers an endpoint (lib/http/built.ts), up to its schemas. */
function endpointHead({ unit, checkpointHash, spec: { doc, http } }: Save): string {
  return `${BUILT}(${JSON.stringify({ unit, checkpoint: checkpointHash, contract: http?.contract, doc })}, `;
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
