/**
 * The generated modules of a run, and what must hold of them, as files for the type checker and the linter.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { parseText } from "../spec/parse.ts";
import { tsconfigOf } from "../spec/resolve.ts";
import type { Spec } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import { checkFile, shadowText, unitFiles, type CheckedLine } from "./check-file.ts";
import { languageOf } from "./entry.ts";
import { toolFile } from "./gate-key.ts";
import type { Overlay } from "./overlay.ts";
import type { GateDetail, GateSubject } from "./types.ts";

/** What of a run's units the type checker and the linter read; the generated modules are in `impl/` of the overlay. */
export interface WrittenModules {
  /** By absolute path. */
  readonly owners: ReadonlyMap<string, Checked>;
  /** Paths by the tsconfig that they are checked under. */
  readonly groups: ReadonlyMap<string | undefined, readonly string[]>;
  /** Syntax errors, by index of the subject. */
  readonly details: ReadonlyMap<number, readonly GateDetail[]>;
}

export interface Checked {
  readonly index: number;
  readonly impl: string;
  /** Lines of the check module; undefined for the generated module itself. */
  readonly lines?: readonly CheckedLine[];
}

/** Units that are written before others get a turn: the examples run meanwhile. */
const SLICE = 64;

/** Writes all generated modules and their checks. @param overlay - gets `impl/`, which the linter reads as well, and `check/` */
export async function writeModules(workspace: Workspace, subjects: readonly GateSubject[], overlay: Overlay, signal?: AbortSignal): Promise<WrittenModules> {
  const owners = new Map<string, Checked>();
  const groups = new Map<string | undefined, string[]>();
  const shadowed = new Map<string, Spec[]>();
  const details = new Map<number, GateDetail[]>();
  const fastCheck = toolFile("fast-check", "lib/fast-check.js") ?? "fast-check";
  for (const [index, { hashed: { spec }, impl }] of subjects.entries()) {
    if (index % SLICE === SLICE - 1) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    const module = workspace.module(spec.file);
    if (module === undefined) continue;
    const files = unitFiles(spec, index);
    const syntax = parseText(impl, languageOf(spec));
    if ("message" in syntax) {
      const line = impl.slice(0, syntax.offset).split("\n").length;
      overlay.write(`impl/${files.impl}`, impl);
      details.set(index, [{ title: "impl.ts parses", passed: false, message: `impl.ts:${line}: ${syntax.message}` }]);
      continue;
    }
    const check = checkFile(spec, module, files, fastCheck);
    const paths = [overlay.write(`impl/${files.impl}`, impl), overlay.write(`check/${files.check}`, check.text)] as const;
    owners.set(paths[0], { index, impl });
    owners.set(paths[1], { index, impl, lines: check.lines });
    if (spec.exportedAs === undefined && spec.method === undefined) shadowed.set(spec.file, [...(shadowed.get(spec.file) ?? []), spec]);
    const config = tsconfigOf(workspace, spec.file);
    const group = groups.get(config);
    if (group === undefined) groups.set(config, [...paths]);
    else group.push(...paths);
  }
  // From the overlay, the copy is found before the file itself.
  for (const [file, specs] of shadowed) overlay.write(`check/${file}`, shadowText(specs[0]?.source ?? "", specs));
  return { owners, groups, details };
}
