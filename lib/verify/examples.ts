/**
 * The gates `examples` and `properties`: every unit's statements, run in the sandbox.
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import type { UnitId } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import { VERSION } from "../version.ts";
import { NOT_IN_SANDBOX } from "./builtins.ts";
import { bundleSubjects, type Bundle, type BundleFailure } from "./bundle.ts";
import type { Branch } from "./coverage.ts";
import { toolVersion } from "./gate-key.ts";
import { exampleMessage, thrownLines, titleOf, type FramesOf } from "./message.ts";
import type { JobOutcome } from "./sandbox/outcome.ts";
import { openPool, type Pool } from "./sandbox/pool.ts";
import { loadFastCheck, loadPrograms, type Programs } from "./sandbox/program.ts";
import { framesOf } from "./source-map.ts";
import type { GateDetail, GateResult, GateSubject, Stop } from "./types.ts";

export interface ExamplesOptions {
  readonly implementations: (unit: UnitId) => string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onDone?: (index: number, gates: readonly GateResult[]) => void;
  /** Called with the branches of a unit's code that nothing reached, where its code loaded and they were counted. */
  readonly onReached?: (index: number, missed: readonly Branch[]) => void;
  /** As in `BundleOptions`. */
  readonly counts?: boolean;
  /** Instead of `[sandbox] timeout`, in milliseconds. */
  readonly timeoutMs?: number;
  /** What runs in the children: ours, or one that a test has taken a layer from. */
  readonly programs?: Programs;
}

/** Units that one call of esbuild bundles; the next ones are bundled while these run. */
const BATCH = 64;

/** One list a subject: `examples`, and `properties` where the spec has any. */
export async function runExamples(workspace: Workspace, subjects: readonly GateSubject[], options: ExamplesOptions): Promise<(readonly GateResult[])[]> {
  const { sandbox } = workspace.project.config;
  const pool = openPool({
    sandboxed: sandbox.enabled,
    timeoutMs: options.timeoutMs ?? sandbox.timeout * 1000,
    memoryMb: sandbox.memory_mb,
    size: Math.min(availableParallelism(), subjects.length),
    programs: options.programs ?? (await loadPrograms()),
    fastCheck: loadFastCheck,
    signal: options.signal,
  });
  const results: (readonly GateResult[])[] = [];
  try {
    const running: Promise<void>[] = [];
    for (let from = 0; from < subjects.length; from += BATCH) {
      options.signal?.throwIfAborted();
      const batch = subjects.slice(from, from + BATCH);
      const begun = performance.now();
      const bundles = await bundleSubjects(workspace, batch, options);
      const bundleMs = (performance.now() - begun) / batch.length;
      batch.forEach((subject, i) => {
        const bundle = bundles[i];
        if (bundle === undefined) throw new Error("a subject has no bundle");
        const done = judgeSubject(workspace, subject, bundle, pool, bundleMs, (missed) => options.onReached?.(from + i, missed)).then((gates) => {
          results[from + i] = gates;
          options.onDone?.(from + i, gates);
        });
        // Awaited below; until then a rejection is not unhandled.
        done.catch(() => undefined);
        running.push(done);
      });
    }
    await Promise.all(running);
    return results;
  } finally {
    await pool.close();
  }
}

async function judgeSubject(workspace: Workspace, { hashed, impl }: GateSubject, bundle: Bundle | BundleFailure, pool: Pool, bundleMs: number, onReached: (missed: readonly Branch[]) => void): Promise<GateResult[]> {
  const { spec } = hashed;
  if ("problems" in bundle) {
    const message = bundle.problems.map(({ where, text }) => (where === "" ? text : `${where}: ${text}`)).join("\n");
    const denied = bundle.problems.some(({ text }) => text.endsWith(NOT_IN_SANDBOX));
    return gatesOf(hashed.spec, bundleMs, (what) => [failure("impl.ts loads", `the ${what} cannot run:\n${message}`)]).map((gate) => (denied ? { ...gate, stopped: "access" } : gate));
  }
  const outcome = await pool.run({
    code: bundle.code,
    steps: bundle.plans,
    lent: bundle.lent,
    fastCheck: spec.properties.length > 0,
    seed: Number.parseInt(hashed.specHash.slice(0, 8), 16) | 0,
  });
  const frames: FramesOf = (stack) => framesOf(stack, { bundle, impl, root: workspace.project.root });
  const details = detailsOf(hashed.spec, outcome, frames, workspace.project.config.sandbox);
  const stopped = stopOf(outcome);
  const gates = gatesOf(spec, bundleMs + outcome.ms, (what) => details[what]).map((gate) => (gate.passed || stopped === undefined ? gate : { ...gate, stopped }));
  if (outcome.kind !== "report" || outcome.report.load !== undefined) return gates;
  const hit = new Set(outcome.report.reached);
  const missed = bundle.branches.filter((_, i) => !hit.has(i));
  onReached(missed);
  return [...gates, ...coverageOf(workspace, bundle, missed)];
}

function stopOf(outcome: JobOutcome): Stop | undefined {
  if (outcome.kind !== "report") return outcome.kind;
  return outcome.report.denied ? "access" : undefined;
}

/** The gate `coverage`: what no example and no property has reached. With `coverage = "show"` it is told, and passes. */
function coverageOf({ project }: Workspace, { branches }: Bundle, unreached: readonly Branch[]): GateResult[] {
  const { coverage } = project.config.gates;
  if (coverage === "off" || branches.length === 0) return [];
  const passed = coverage === "show";
  const missed = unreached.map(({ line, what, code }): GateDetail => ({ title: `impl.ts:${line}: no example reaches ${what}`, passed, message: code }));
  const all: GateDetail = { title: `the examples reach ${missed.length === 0 ? `all ${branches.length}` : `${branches.length - missed.length} of ${branches.length}`} branches`, passed: true };
  return [{ name: "coverage", passed: passed || missed.length === 0, tool: "vibesafe", version: VERSION, durationMs: 0, details: [...missed, all] }];
}

type Statements = "examples" | "properties";

function gatesOf(spec: GateSubject["hashed"]["spec"], ms: number, detailsFor: (what: Statements) => readonly GateDetail[]): GateResult[] {
  const names: Statements[] = spec.properties.length > 0 ? ["examples", "properties"] : ["examples"];
  return names.map((name) => {
    const details = detailsFor(name);
    const tool = name === "examples" ? { tool: "node", version: process.versions.node } : { tool: "fast-check", version: toolVersion("fast-check") ?? "" };
    return { name, passed: details.every(({ passed }) => passed), ...tool, durationMs: Math.round(ms / names.length), details };
  });
}

function detailsOf(
  spec: GateSubject["hashed"]["spec"],
  outcome: JobOutcome,
  frames: FramesOf,
  sandbox: { readonly timeout: number; readonly memory_mb: number },
): Record<Statements, readonly GateDetail[]> {
  const count = spec.examples.length;
  const sources = [...spec.examples, ...spec.properties];
  const common = (detail: GateDetail): Record<Statements, readonly GateDetail[]> => ({ examples: [detail], properties: [detail] });

  if (outcome.kind === "report" && outcome.report.load !== undefined) {
    return common(failure("impl.ts loads", thrownLines("impl.ts cannot be loaded", outcome.report.load, frames).join("\n")));
  }
  const ended = outcome.kind === "report" ? undefined : endOf(outcome.kind, sandbox);
  const stoppedAt = outcome.kind === "report" ? undefined : outcome.step;
  if (ended !== undefined && stoppedAt === undefined) return common(failure("impl.ts loads", `loading impl.ts ${ended}`));

  const titles = [...spec.examples.map(({ source }) => titleOf(source)), ...spec.properties.map((_, i) => `property ${i + 1}`)];
  const details = sources.map((source, i): GateDetail => {
    const title = titles[i] ?? "";
    if (ended !== undefined && stoppedAt !== undefined) {
      // What passed before it was stopped is not known to have passed: no answer is a fail.
      const why = i === stoppedAt ? `${spec.file}:${source.line}: ${title} ${ended}` : `no verdict: ${titles[stoppedAt] ?? "an example"} ${ended}`;
      return failure(title, why);
    }
    const report = outcome.kind === "report" ? outcome.report.steps[i] : undefined;
    if (report === undefined) return failure(title, "no verdict");
    return report.problem === undefined ? { title, passed: true } : failure(title, exampleMessage(spec.file, source, report, frames));
  });
  const uncaught = outcome.kind === "report" ? outcome.report.uncaught : [];
  if (uncaught.length > 0) {
    const lines = uncaught.slice(0, 5).flatMap((thrown) => thrownLines("failed outside of any example (an unhandled rejection, or an error in a timer)", thrown, frames));
    details.splice(count, 0, failure("nothing fails unseen", lines.join("\n")));
    return { examples: details.slice(0, count + 1), properties: details.slice(count + 1) };
  }
  return { examples: details.slice(0, count), properties: details.slice(count) };
}

function endOf(kind: "timeout" | "memory" | "crashed", { timeout, memory_mb }: { readonly timeout: number; readonly memory_mb: number }): string {
  switch (kind) {
    case "timeout":
      return `did not finish within ${timeout} s ([sandbox] timeout)`;
    case "memory":
      return `needed more than ${memory_mb} MiB of memory ([sandbox] memory_mb)`;
    case "crashed":
      return "ended the sandbox without a verdict";
  }
}

function failure(title: string, message: string): GateDetail {
  return { title, passed: false, message };
}
