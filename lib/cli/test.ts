/**
 * `vibe test`
 *
 * @module
 */

import { judge, type Judgement, type Subject } from "../compile/judge.ts";
import { subjectOf } from "../compile/subject.ts";
import { VibesafeCheckpointMissing, type VibesafeError } from "../errors.ts";
import type { HashedSpec } from "../spec/types.ts";
import { unitStatus } from "../spec/status.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { errorDocument } from "./error-text.ts";
import { highest } from "./exit-status.ts";
import { writeHarnesses } from "./harness.ts";
import { withProgress } from "./progress.ts";
import { count } from "./text.ts";
import { brokenByUnit, brokenStatus, complainAbout, foundNothing, selectUnits } from "./units.ts";
import { gateDocuments, gateLines } from "./verdict-text.ts";

interface Tested {
  readonly hashed: HashedSpec;
  /** Undefined where there was nothing to test. */
  readonly judgement: Judgement | undefined;
  readonly drift: boolean;
  /** The active save is of this very spec; a harness file, which runs what is active, can pass. */
  readonly saved: boolean;
}

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("no-harness", { type: "boolean", describe: "Write no test files for saved units" })
      .option("allow-empty", { type: "boolean", describe: "Succeed when there is no unit" })
      .example("$0", "all units")
      .example("$0 'src.text/*'", "those of a module"),
  handler: async (args, context) => {
    const selection = selectUnits(context, targetsOf(args));
    const { units, broken } = selection;
    const tested = await testUnits(context, context.store(), units);
    if (args.noHarness !== true) writeHarnesses(context, tested.flatMap(({ hashed, saved }) => (saved ? [hashed] : [])));
    context.document({ results: [...tested.map(documentOf), ...brokenByUnit(broken).map(({ id, error }) => ({ id, passed: false, checkpointHash: null, gates: [], error }))] });
    for (const item of tested) printTested(context, item);
    complainAbout(context, broken);
    const total = tested.length + brokenByUnit(broken).length;
    const passed = tested.filter(({ judgement }) => judgement?.passed === true).length;
    if (total > 1) context.say(`${passed === total ? context.colour.green("[PASS]") : context.colour.red("[FAIL]")} ${passed}/${count(total, "unit")}`);
    if (foundNothing(context, selection, args)) return 1;
    return highest([passed === tested.length ? 0 : 1, brokenStatus(broken)]);
  },
});

/** Judges anew the candidate of each unit, else its active save. */
async function testUnits(context: Context, store: Store | undefined, units: readonly HashedSpec[]): Promise<Tested[]> {
  const states = units.map((hashed) => unitStatus(store, hashed));
  const subjects = units.map((hashed, i): Subject | undefined => {
    const save = states[i]?.candidate ?? states[i]?.active;
    return save === undefined ? undefined : subjectOf(hashed, save);
  });
  const present = subjects.filter((subject) => subject !== undefined);
  const judgements = await withProgress(context, `checking ${count(present.length, "implementation")}`, () =>
    judge(context.workspace(), store, present, { fresh: true, signal: context.io.signal }),
  );
  return units.map((hashed, i) => {
    const subject = subjects[i];
    const judgement = subject === undefined ? undefined : judgements[present.indexOf(subject)];
    return { hashed, judgement, drift: subject?.sameSpec === false, saved: states[i]?.status === "active" };
  });
}

function missing({ hashed: { spec } }: Tested): VibesafeError {
  return new VibesafeCheckpointMissing(`nothing is compiled for ${spec.id}`, { unit: spec.id, remedy: `run \`vibe compile --target ${spec.id}\`` });
}

function documentOf(tested: Tested): unknown {
  const { hashed, judgement, drift } = tested;
  return {
    id: hashed.spec.id,
    passed: judgement?.passed ?? false,
    checkpointHash: judgement?.checkpointHash ?? null,
    gates: gateDocuments(judgement?.verification.gates ?? []),
    ...(drift && { drift }),
    ...(judgement === undefined && { error: errorDocument(missing(tested)) }),
  };
}

function printTested(context: Context, tested: Tested): void {
  const { colour } = context;
  const { hashed, judgement, drift } = tested;
  const { id } = hashed.spec;
  context.say(`Testing ${id}...`);
  if (judgement === undefined) {
    const error = missing(tested);
    context.say(`  ${colour.red("✗")} ${error.message}`);
    context.say(`    ${colour.cyan("fix:")} ${error.remedy}`);
  }
  for (const gate of judgement?.verification.gates ?? []) for (const line of gateLines(gate, colour)) context.say(line);
  if (drift) context.say(`  ${colour.yellow("⚠")} drift: this is the active save of an earlier spec, under the examples of the present one`);
  if (judgement?.unverified === true) context.say(`  ${colour.yellow("⚠")} unverified: no example`);
  context.say(`${judgement?.passed === true ? colour.green("[PASS]") : colour.red("[FAIL]")} ${id}`);
}
