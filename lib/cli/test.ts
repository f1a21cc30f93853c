/**
 * `vibe test`
 *
 * @module
 */

import { judge, type Judgement, type Subject } from "../compile/judge.ts";
import { subjectOf } from "../compile/subject.ts";
import { VibesafeCheckpointMissing, VibesafeUsageError, type VibesafeError } from "../errors.ts";
import { MUTANT_LIMIT } from "../project/gates-config.ts";
import type { HashedSpec } from "../spec/types.ts";
import { unitStatus } from "../spec/status.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { errorDocument } from "./error-text.ts";
import { highest, type ExitStatus } from "./exit-status.ts";
import { writeHarnesses } from "./harness.ts";
import { withProgress } from "./progress.ts";
import { github } from "./reporters/github.ts";
import { junit } from "./reporters/junit.ts";
import type { ReportedUnit, Reporter } from "./reporters/report.ts";
import { tap } from "./reporters/tap.ts";
import { count } from "./text.ts";
import { brokenByUnit, brokenStatus, complainAbout, foundNothing, selectUnits, type BrokenUnit } from "./units.ts";
import { gateDocuments, gateLines } from "./verdict-text.ts";
import { wantsWatch, watchUnits } from "./watch.ts";

interface Tested {
  readonly hashed: HashedSpec;
  /** Undefined where there was nothing to test. */
  readonly judgement: Judgement | undefined;
  readonly drift: boolean;
  /** The active save is of this very spec; a harness file, which runs what is active, can pass. */
  readonly saved: boolean;
}

const REPORTERS: Readonly<Record<string, Reporter>> = { tap, junit, github };

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("reporter", { choices: ["spec", ...Object.keys(REPORTERS)], requiresArg: true, describe: "How results are printed; spec is for people" })
      .option("shard", { type: "string", requiresArg: true, describe: "The i-th of n parts of the units, as in 2/3" })
      .option("changed", { type: "boolean", describe: "Only units that drifted, are new or have a candidate" })
      .option("mutate", { type: "boolean", describe: "Also break the code in many small ways: does any example notice?" })
      .option("mutants", { type: "number", requiresArg: true, describe: "With --mutate: most changes of a unit that are tried" })
      .option("watch", { type: "boolean", describe: "Then test what each edit changes, until Ctrl-C" })
      .option("no-harness", { type: "boolean", describe: "Write no test files for saved units" })
      .option("allow-empty", { type: "boolean", describe: "Succeed when there is no unit" })
      .example("$0", "all units")
      .example("$0 'src.text/*'", "those of a module")
      .example("$0 --mutate src.text/slug", "what its examples do not pin down")
      .example("$0 --reporter junit --shard 1/4", "a quarter of them, for a CI server"),
  handler: async (args, context) => {
    if (context.json && (args.reporter ?? "spec") !== "spec") throw new VibesafeUsageError("--json and --reporter do not go together", { remedy: "leave one of them out" });
    const watching = wantsWatch(context, args);
    const status = await testOnce(context, targetsOf(args), args);
    if (!watching) return status;
    return watchUnits(context, targetsOf(args), async ({ context: now, changes, broken }) => {
      complainAbout(now, broken);
      const present = changes.flatMap(({ id, after }) => (after === undefined ? [] : [id]));
      if (present.length > 0) await testOnce(now, present, { ...args, shard: undefined, changed: false });
    });
  },
});

interface TestArgs {
  readonly reporter?: string | undefined;
  readonly shard?: string | undefined;
  readonly changed?: boolean | undefined;
  readonly mutate?: boolean | undefined;
  readonly mutants?: number | undefined;
  readonly noHarness?: boolean | undefined;
  readonly allowEmpty?: boolean | undefined;
}

async function testOnce(context: Context, targets: readonly string[], args: TestArgs): Promise<ExitStatus> {
  const selection = selectUnits(context, targets);
  const store = context.store();
  const part = shardOf(args.shard);
  const units = part(selection.units).filter((unit) => args.changed !== true || unitStatus(store, unit).status !== "active");
  // Broken specs belong to one part only, or every one of them would fail.
  const broken = part(selection.broken);
  const tested = await testUnits(context, store, units, mutateOf(context, args));
  if (args.noHarness !== true) writeHarnesses(context, tested.flatMap(({ hashed, saved }) => (saved ? [hashed] : [])), args.reporter === undefined || args.reporter === "spec");
  context.document({ results: [...tested.map(documentOf), ...brokenByUnit(broken).map(({ id, error }) => ({ id, passed: false, checkpointHash: null, gates: [], error }))] });
  const reporter = REPORTERS[args.reporter ?? "spec"];
  if (reporter === undefined) printAll(context, tested, broken, args.changed === true);
  else reporter(context, [...tested.map(reportOf), ...broken.map(({ id, file, line, error }) => ({ id, file, line, passed: false, gates: [], error }))]);
  if (reporter === undefined) complainAbout(context, broken);
  if (foundNothing(context, selection, args)) return 1;
  return highest([tested.every(({ judgement }) => judgement?.passed === true) ? 0 : 1, brokenStatus(broken)]);
}

/** Every n-th of a list, beginning with the i-th: units stand in the order of their ids, so the parts are the same on every machine. */
function shardOf(shard: string | undefined): <T>(items: readonly T[]) => T[] {
  if (shard === undefined) return (items) => [...items];
  const [part = 0, parts = 0] = (/^(\d+)\/(\d+)$/.exec(shard)?.slice(1) ?? []).map(Number);
  if (part < 1 || part > parts) throw new VibesafeUsageError(`--shard ${shard} is no part of a whole`, { remedy: "write it as in --shard 1/4, from 1 to the number of parts" });
  return (items) => items.filter((_, i) => i % parts === part - 1);
}

function printAll(context: Context, tested: readonly Tested[], broken: readonly BrokenUnit[], changed: boolean): void {
  for (const item of tested) printTested(context, item);
  const total = tested.length + brokenByUnit(broken).length;
  const passed = tested.filter(({ judgement }) => judgement?.passed === true).length;
  if (total > 1) context.say(`${passed === total ? context.colour.green("[PASS]") : context.colour.red("[FAIL]")} ${passed}/${count(total, "unit")}`);
  if (total === 0 && changed) context.say("nothing has changed");
}

function reportOf(tested: Tested): ReportedUnit {
  const { hashed: { spec }, judgement } = tested;
  const gates = (judgement?.verification.gates ?? []).map(({ name, passed, durationMs, details }) => ({
    name,
    passed,
    durationMs,
    cases: details.map(({ title, ...rest }) => ({ name: `${name}: ${title}`, ...rest })),
  }));
  return { id: spec.id, file: spec.file, line: spec.line, passed: judgement?.passed === true, gates, ...(judgement === undefined && { error: missing(tested) }) };
}

function mutateOf(context: Context, { mutate, mutants }: TestArgs): { readonly limit: number } | undefined {
  if (mutants !== undefined && mutate !== true) throw new VibesafeUsageError("--mutants goes with --mutate", { remedy: "add --mutate, or leave --mutants out" });
  if (mutants !== undefined && !(Number.isSafeInteger(mutants) && mutants >= 1)) throw new VibesafeUsageError("--mutants must be a whole number from 1", { remedy: "write it as in --mutants 50" });
  if (mutate !== true) return undefined;
  return { limit: mutants ?? context.project().config.gates.mutation?.limit ?? MUTANT_LIMIT };
}

/** Judges anew the candidate of each unit, else its active save. */
async function testUnits(context: Context, store: Store | undefined, units: readonly HashedSpec[], mutate: { readonly limit: number } | undefined): Promise<Tested[]> {
  const states = units.map((hashed) => unitStatus(store, hashed, { lazily: true }));
  const subjects = units.map((hashed, i): Subject | undefined => {
    const save = states[i]?.candidate ?? states[i]?.active;
    return save === undefined ? undefined : subjectOf(hashed, save);
  });
  const present = subjects.filter((subject) => subject !== undefined);
  const judgements = await withProgress(context, `checking ${count(present.length, "implementation")}`, () =>
    judge(context.workspace(), store, present, { fresh: true, mutate, signal: context.io.signal }),
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
    ...(judgement?.mutation !== undefined && { mutation: { score: judgement.mutation.score, total: judgement.mutation.total, mutants: judgement.mutation.mutants } }),
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
