/**
 * What `vibe status` says.
 *
 * @module
 */

import type { Change } from "../spec/explain.ts";
import type { UnitStatus } from "../spec/status.ts";
import type { Context } from "./context.ts";
import { nextStep, type StepUnit } from "./next-step.ts";

export interface StatusReport {
  /** In the order of their ids. */
  readonly rows: readonly StatusRow[];
  /** Number of units that cannot be read. */
  readonly lost: number;
  /** Where something is wrong. */
  readonly broken: readonly { readonly file: string; readonly line: number }[];
  /** The same for the document. */
  readonly errors: readonly unknown[];
}

export interface StatusRow {
  readonly unit: StepUnit;
  readonly status: UnitStatus["status"];
  /** Production takes its active save. */
  readonly ready: boolean;
  /** What its code imports that is not what it was verified with. */
  readonly moved?: readonly Change[];
}

export function sayStatus(context: Pick<Context, "say" | "document" | "colour">, { rows, lost, broken, errors }: StatusReport): void {
  const of = (status: string): number => rows.filter((row) => row.status === status).length;
  const total = rows.length + lost;
  const ready = rows.filter((row) => row.ready).length;
  const examples = rows.reduce((sum, { unit }) => sum + unit.examples, 0);
  const coverage = total === 0 ? 0 : Math.floor((ready / total) * 100);
  const steps = [...broken.map(({ file, line }) => ({ title: "Mend", what: `${file}:${line}`, command: "vibe scan" })), ...rows.flatMap((row) => nextStep(row.unit, row.status, row.ready, row.moved) ?? [])];
  const moved = rows.filter((row) => (row.moved ?? []).length > 0).length;
  const counts = { total, active: of("active"), missing: of("missing"), drift: of("drift"), candidate: of("candidate") };
  context.document({
    units: { ...counts, ...(moved > 0 && { moved }), ...(lost > 0 && { broken: lost }) },
    examples,
    coverage,
    next: steps.map(({ command: line }) => line),
    ...(errors.length > 0 && { errors }),
  });
  const { colour } = context;
  const mark = (n: number): string => (n === 0 ? colour.dim("·") : colour.yellow("⚠"));
  context.say(colour.bold("vibesafe status"));
  context.say("───────────────");
  context.say(`Units: ${total} total`);
  context.say(`  ${colour.green("✓")} ${counts.active} with active checkpoints`);
  context.say(`  ${mark(counts.missing)} ${counts.missing} missing checkpoints`);
  context.say(`  ${mark(counts.drift)} ${counts.drift} with drift`);
  if (moved > 0) context.say(`  ${mark(moved)} ${moved} whose code imports what changed`);
  if (counts.candidate > 0) context.say(`  ${colour.cyan("…")} ${counts.candidate} compiled, not saved`);
  if (lost > 0) context.say(`  ${colour.red("✗")} ${lost} that cannot be read`);
  context.say(`Examples: ${examples} total`);
  context.say(`Coverage: ${coverage}% (${ready}/${total} units production-ready)`);
  if (steps.length > 0) context.say("\nNext steps:");
  for (const { title, what } of steps) context.say(`  - ${title}: ${what}`);
}
