/**
 * `vibe check`
 *
 * @module
 */

import { judge, type Judgement } from "../compile/judge.ts";
import { subjectOf } from "../compile/subject.ts";
import type { VibesafeHashMismatch } from "../errors.ts";
import { isVerified } from "../spec/checkpoint.ts";
import { readActive, unitStatus, type UnitStatus } from "../spec/status.ts";
import type { HashedSpec } from "../spec/types.ts";
import { usesMismatch } from "../spec/uses.ts";
import { packageMismatch } from "../spec/verified-save.ts";
import { annotate } from "./annotate.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { diffStatus, printDiff } from "./diff.ts";
import { highest } from "./exit-status.ts";
import { withProgress } from "./progress.ts";
import { count } from "./text.ts";
import { shimProblems } from "./write-shims.ts";
import { brokenByUnit, brokenDocuments, brokenStatus, complainAbout, foundNothing, selectUnits } from "./units.ts";
import { gateDocuments, gateLines } from "./verdict-text.ts";

interface Checked {
  readonly hashed: HashedSpec;
  readonly state: UnitStatus;
  /** Undefined where there was nothing to judge: no save of the present spec. */
  readonly judgement: Judgement | undefined;
  /** Undefined where the packages are those that the save froze, or it froze none. */
  readonly otherPackages: VibesafeHashMismatch | undefined;
  /** Undefined where what the code imports beyond the spec is what it was. */
  readonly otherUses: VibesafeHashMismatch | undefined;
}

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("allow-empty", { type: "boolean", describe: "Succeed when there is no unit" })
      .example("$0", "exits 1 on drift, a missing checkpoint, or active code that a gate fails"),
  handler: async (args, context) => {
    const selection = selectUnits(context, targetsOf(args), { readOnly: true });
    const { units, broken } = selection;
    const store = context.store();
    const states = units.map((hashed) => ({ hashed, state: unitStatus(store, hashed) }));
    const current = states.flatMap(({ hashed, state: { status, active } }) => (status === "active" && active !== undefined ? [subjectOf(hashed, active)] : []));
    const judgements = await withProgress(context, `checking ${count(current.length, "implementation")}`, () =>
      judge(context.workspace(), store, current, {
        fresh: true,
        readOnly: true,
        signal: context.io.signal,
        // What is active calls what is active, as in production.
        implementations: (unit) => (store === undefined ? undefined : readActive(store, unit)?.impl),
      }),
    );
    const byUnit = new Map(judgements.map((judgement) => [judgement.unit, judgement]));
    const checked = states.map(({ hashed, state }): Checked => ({
      hashed,
      state,
      judgement: byUnit.get(hashed.spec.id),
      otherPackages: packageMismatch(context.workspace(), hashed.spec, state.active?.verification?.dependencies),
      otherUses: state.status === "active" ? usesMismatch(context.workspace(), hashed.spec, state.active?.verification?.witness?.uses) : undefined,
    }));
    const failed = checked.filter((item) => problemsOf(item).length > 0);
    const shims = shimProblems(context, targetsOf(args), units.map(({ spec }) => spec), broken);
    const empty = foundNothing(context, selection, args);
    context.document({
      ok: failed.length + broken.length + shims.length === 0 && !empty,
      units: checked.map(documentOf),
      shims,
      errors: brokenDocuments(broken),
    });
    for (const item of checked) printChecked(context, item);
    for (const { problem } of shims) context.say(`${context.colour.red("[FAIL]")} ${problem}`);
    complainAbout(context, broken);
    if (context.io.env["GITHUB_ACTIONS"] === "true" && !context.json) {
      for (const item of failed) for (const message of problemsOf(item)) annotate(context, { ...item.hashed.spec, title: item.hashed.spec.id, message });
      for (const { file, line, id, error } of broken) annotate(context, { file, line, title: id, message: `${error.message}\n${error.remedy}` });
    }
    if (empty) return 1;
    if (shims.length > 0) context.say(`${context.colour.red("✗")} ${count(shims.length, "shim")} to be written again`);
    const lost = brokenByUnit(broken).length;
    const total = checked.length + lost;
    const bad = failed.length + lost;
    context.say(bad === 0 ? `${context.colour.green("✓")} ${count(total, "unit")}: no drift, all gates passed` : `${context.colour.red("✗")} ${bad} of ${count(total, "unit")} with problems`);
    return highest([failed.length + shims.length === 0 ? 0 : 1, brokenStatus(broken)]);
  },
});

/** What is wrong with a unit, one text each. */
function problemsOf({ hashed, state, judgement, otherPackages, otherUses }: Checked): string[] {
  const { id } = hashed.spec;
  const status = diffStatus(state);
  if (status === "missing") return [`no active checkpoint; run \`vibe compile --target ${id}\`, then \`vibe save --target ${id}\``];
  if (status === "drift") return [`drift: ${state.changes.map(({ text }) => text).join("; ")}; run \`vibe compile --target ${id}\``];
  const unverified = state.active !== undefined && !isVerified(state.active) ? ["the active save is unverified, production refuses it"] : [];
  const others = [otherPackages, otherUses].flatMap((other) => (other === undefined ? [] : [`${other.message}\n${other.remedy}`]));
  const failures = judgement?.verification.gates.filter(({ passed }) => !passed) ?? [];
  return [
    ...unverified,
    ...others,
    ...failures.flatMap(({ name, details }) => details.filter(({ passed }) => !passed).map(({ title, message }) => `${name}: ${title}${message === undefined ? "" : `\n${message}`}`)),
    ...failures.filter(({ details }) => details.every(({ passed }) => passed)).map(({ name }) => `${name} failed`),
  ];
}

function documentOf(item: Checked): unknown {
  const { hashed, state, judgement } = item;
  return {
    id: hashed.spec.id,
    passed: problemsOf(item).length === 0,
    status: diffStatus(state),
    checkpointHash: state.active?.checkpointHash ?? null,
    changes: state.changes,
    gates: gateDocuments(judgement?.verification.gates ?? []),
    problems: problemsOf(item),
  };
}

function printChecked(context: Context, item: Checked): void {
  const { hashed, state, judgement } = item;
  if (problemsOf(item).length === 0) return;
  printDiff(context, hashed, state);
  if (diffStatus(state) !== "clean") return;
  context.say(`${context.colour.red("[FAIL]")} ${hashed.spec.id}`);
  if (state.active !== undefined && !isVerified(state.active)) context.say(`  ${context.colour.yellow("⚠")} the active save is unverified, production refuses it`);
  for (const other of [item.otherPackages, item.otherUses]) {
    if (other !== undefined) for (const line of `${other.message}\n${other.remedy}`.split("\n")) context.say(`  ${line}`);
  }
  for (const gate of judgement?.verification.gates ?? []) {
    if (!gate.passed) for (const line of gateLines(gate, context.colour)) context.say(line);
  }
}
