/**
 * Gates that are commands of the user's own (`[[gates.command]]`), each run once for all units.
 *
 * The command gets a JSON document on standard input, `{ root, units: [{ id, file, line, impl }] }`, `impl` being the path of the
 * generated module; an argument `{files}` stands for all these paths. It runs in the project's root with the rights and the environment
 * of whoever started vibesafe, outside the sandbox: what it runs of the generated code, it runs unprotected.
 *
 * Its verdict is, where it prints a JSON document `{ results: [{ id, passed, message? }] }`, what that says of each unit; a unit that is not
 * in it fails. Otherwise exit status 0 passes all, and any other fails the units whose path a line of its output names, or all where
 * no line does.
 *
 * @module
 */

import { join, relative, sep } from "node:path";
import { performance } from "node:perf_hooks";
import { VibesafeConfigError } from "../errors.ts";
import type { GateCommand } from "../project/gates-config.ts";
import type { Workspace } from "../spec/workspace.ts";
import { unitFiles } from "./check-file.ts";
import type { Overlay } from "./overlay.ts";
import { jsonObjectIn } from "./tool-json.ts";
import { runProgram, type ToolRun } from "./tools.ts";
import type { GateDetail, GateResult, GateSubject } from "./types.ts";

interface Target {
  readonly id: string;
  /** Absolute path of the generated module. */
  readonly impl: string;
}

/** @param overlay - holds the generated modules in `impl/` */
export async function runCommandGate(workspace: Workspace, subjects: readonly GateSubject[], overlay: Overlay, gate: GateCommand, signal?: AbortSignal): Promise<GateResult[]> {
  const begun = performance.now();
  const { root } = workspace.project;
  const targets = subjects.map(({ hashed: { spec } }, i): Target => ({ id: spec.id, impl: join(overlay.folder, "impl", unitFiles(spec, i).impl) }));
  const units = subjects.map(({ hashed: { spec } }, i) => ({ id: spec.id, file: spec.file, line: spec.line, impl: targets[i]?.impl }));
  const [command = "", ...args] = gate.run.flatMap((part) => (part === "{files}" ? targets.map(({ impl }) => impl) : [part]));
  const run = await runProgram({ command, args, cwd: root, signal, input: `${JSON.stringify({ root, units })}\n`, timeoutMs: gate.timeout * 1000 }).catch((cause: unknown) => {
    if (!(cause instanceof Error) || !("code" in cause) || signal?.aborted === true) throw cause;
    throw new VibesafeConfigError(`the gate ${gate.name} cannot run ${JSON.stringify(command)}: ${cause.message}`, { cause, remedy: `mend \`run\` of [[gates.command]] ${gate.name} in vibesafe.toml` });
  });
  const durationMs = Math.round((performance.now() - begun) / Math.max(1, subjects.length));
  const judged = judgeRun(run, targets, gate);
  return targets.map(({ impl }, i): GateResult => {
    const message = judged[i];
    const title = `${gate.name} passes`;
    const detail: GateDetail = message === undefined ? { title, passed: true } : { title, passed: false, message: withoutPaths(message, impl, overlay, root) };
    return { name: gate.name, passed: message === undefined, tool: gate.run[0] ?? "", version: "", durationMs, details: [detail] };
  });
}

/** For each unit why it fails, or undefined. */
function judgeRun(run: ToolRun, targets: readonly Target[], { name, timeout }: GateCommand): (string | undefined)[] {
  const output = `${run.output}\n${run.errors}`.trim();
  if (run.timedOut) return targets.map(() => `${name} did not finish within ${timeout} s ([[gates.command]] timeout)\n${output}`.trim());
  const told = resultsOf(run.output);
  if (told !== undefined) {
    return targets.map(({ id }) => {
      const result = told.get(id);
      if (result === undefined) return `${name} gave no result for ${id}`;
      return result.passed ? undefined : result.message;
    });
  }
  if (run.code === 0) return targets.map(() => undefined);
  const lines = output.split("\n");
  const named = targets.map(({ impl }) => lines.filter((line) => names(line, impl)));
  const ended = `${name} exited with ${run.code ?? "a signal"}`;
  if (named.every((found) => found.length === 0)) return targets.map(() => `${ended}\n${output}`.trim());
  return named.map((found) => (found.length === 0 ? undefined : found.join("\n")));
}

/** Whether a line names a module; tools print a path whole, or from some folder. */
function names(line: string, impl: string): boolean {
  const path = impl.split(sep).join("/");
  const own = path.slice(path.lastIndexOf("/impl/") + "/impl/".length);
  const at = line.replaceAll("\\", "/").indexOf(own);
  return at >= 0 && (at === 0 || /[/\s"'(]/.test(line[at - 1] ?? "")) && !/[\w.-]/.test(line[at + own.length] ?? "");
}

function resultsOf(output: string): Map<string, { readonly passed: boolean; readonly message: string }> | undefined {
  const parsed = jsonObjectIn(output);
  if (parsed === undefined || !("results" in parsed) || !Array.isArray(parsed.results)) return undefined;
  const results = new Map<string, { passed: boolean; message: string }>();
  for (const one of parsed.results as readonly unknown[]) {
    if (typeof one !== "object" || one === null || !("id" in one) || typeof one.id !== "string" || !("passed" in one)) continue;
    const message = "message" in one && typeof one.message === "string" ? one.message : "it does not pass";
    // Of two answers the worse one counts.
    if (results.get(one.id)?.passed !== false) results.set(one.id, { passed: one.passed === true, message });
  }
  return results;
}

/** The text with the module's path told as `impl.ts`, and the project's as nothing: it goes to the model. */
function withoutPaths(text: string, impl: string, overlay: Overlay, root: string): string {
  const shown = [impl, relative(root, impl), relative(overlay.folder, impl)].map((path) => path.split(sep).join("/"));
  const plain = shown.reduce((done, path) => done.replaceAll(path, "impl.ts"), text.replaceAll("\\", "/") === text || sep === "/" ? text : text.replaceAll("\\", "/"));
  return plain.replaceAll(`${root}${sep}`, "").slice(0, MAX_TEXT);
}

const MAX_TEXT = 8000;
