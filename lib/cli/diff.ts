/**
 * `vibe diff`
 *
 * @module
 */

import { BOM_FILE, hasFrozen } from "../history/bom.ts";
import { explainInstalled } from "../history/frozen-changes.ts";
import { readStandings } from "../spec/standing.ts";
import { unitStatus, type UnitStatus } from "../spec/status.ts";
import type { HashedSpec, UnitId } from "../spec/types.ts";
import { packageDifferences } from "../spec/verified-save.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { driftReport } from "./diff-drift.ts";
import { formatMarkdown } from "./diff-markdown.ts";
import { diffRevisions, revisionsIn } from "./diff-revisions.ts";
import { diffSince } from "./diff-since.ts";
import { highest } from "./exit-status.ts";
import { beginAnswer } from "./keep-answer.ts";
import { acceptCommand, movedUses } from "./moved-uses.ts";
import { areSettings } from "./next-step.ts";
import { requireStore } from "./store-of.ts";
import { count, short } from "./text.ts";
import { brokenDocuments, brokenStatus, complainAbout, foundNothing, selectIndexed } from "./units.ts";

export type DiffStatus = "clean" | "drift" | "missing";

/** Where the present spec stands against what is active; a candidate changes nothing of that. */
export function diffStatus({ status, active }: Pick<UnitStatus, "status"> & { readonly active?: unknown }): DiffStatus {
  return status === "active" ? "clean" : active === undefined ? "missing" : "drift";
}

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("stat", { type: "boolean", describe: "Between two revisions: lines changed, file by file" })
      .option("format", { choices: ["text", "markdown"], requiresArg: true, describe: "markdown: one comment for a pull request" })
      .option("since", { type: "string", requiresArg: true, describe: "Against what was active in a commit of the project's git" })
      .option("allow-empty", { type: "boolean", describe: "Succeed when there is no unit" })
      .example("$0", "exits 1 when a unit has drifted or has no checkpoint")
      .example("$0 src.hello/greet~1 src.hello/greet", "two saves: spec, prompt and code")
      .example("$0 v1", "what is active against a tag"),
  handler: async (args, context) => {
    const markdown = args.format === "markdown";
    if (args.since !== undefined) return diffSince(context, requireStore(context), args.since, markdown);
    const words = args.target === undefined ? (args.targets ?? []) : [];
    const saved = words.length === 0 ? undefined : context.store();
    const revisions = revisionsIn(saved, words);
    if (saved !== undefined && revisions !== undefined) return diffRevisions(context, saved, revisions, { stat: args.stat === true, markdown });
    const keep = beginAnswer(context);
    const selection = selectIndexed(context, targetsOf(args));
    const { units, broken } = selection;
    const store = context.store();
    const standings = readStandings(store);
    const mayBeFrozen = hasFrozen(context.project());
    const moves = movedUses(context, standings);
    const rows = units.map((unit) => {
      const standing = standings.of(unit.id, unit.specHash());
      const moved = moves.of(unit, standing);
      if (moved.length > 0) return { unit, standing, status: "drift" as const, full: { ...unitStatus(store, unit.hashed()), status: "drift" as const, changes: moved } };
      if (standing.status === "active" && !mayBeFrozen) return { unit, standing, status: diffStatus(standing), full: undefined };
      const full = withPackages(context, unit.hashed(), unitStatus(store, unit.hashed()));
      return { unit, standing, status: diffStatus(full), full };
    });
    standings.save();
    context.document({
      units: rows.map(({ unit, standing, status, full }) => ({
        id: unit.id,
        status,
        current: unit.specHash(),
        active: standing.active?.specHash ?? null,
        changes: full?.changes ?? [],
      })),
      ...(broken.length > 0 && { errors: brokenDocuments(broken) }),
    });
    if (markdown && !context.json) {
      const { units: changed, total } = await driftReport(context, targetsOf(args));
      context.io.out(formatMarkdown({ title: "The sources as they lie here, against what is active.", units: changed, total }));
    } else {
      for (const { unit, full } of rows) if (full !== undefined) printDiff(context, unit.hashed(), full);
    }
    complainAbout(context, broken);
    if (foundNothing(context, selection, args)) return 1;
    const dirty = rows.filter(({ status }) => status !== "clean").length;
    if (dirty === 0 && broken.length === 0 && !markdown) context.say(`No drift: ${count(rows.length, "unit")}.`);
    const exit = highest([dirty === 0 ? 0 : 1, brokenStatus(broken)]);
    // What is installed is looked up for frozen units, and by no file that could be named here.
    if (!mayBeFrozen) keep({ standings, rows, moved: moves, more: [BOM_FILE] }, exit);
    return exit;
  },
});

/** Adds to what changed the packages that are not those that the active save froze. */
function withPackages(context: Context, { spec }: HashedSpec, state: UnitStatus): UnitStatus {
  const differences = packageDifferences(context.workspace(), spec, state.active?.verification?.dependencies);
  // Of a package that the spec itself names, the spec tells.
  const packages = explainInstalled(differences.filter(({ path: [name, ...more] }) => more.length > 0 || !Object.hasOwn(state.active?.spec.deps.packages ?? {}, name ?? "")));
  if (packages.length === 0) return state;
  return { ...state, status: state.status === "active" ? "drift" : state.status, changes: [...state.changes, ...packages] };
}

/** The report on one unit that is not clean. */
export function printDiff(context: Context, { spec, specHash }: HashedSpec, state: UnitStatus): void {
  const status = diffStatus(state);
  if (status === "clean") return;
  const { colour } = context;
  context.say(`${colour.yellow(status === "drift" ? "[DRIFT]" : "[MISSING]")} ${spec.id}`);
  context.say(`  Spec hash: ${short(specHash)} (current)`);
  if (state.active !== undefined) context.say(`             ${short(state.active.specHash)} (active)`);
  if (state.changes.length > 0) context.say("  Spec changed:");
  for (const { text } of state.changes) context.say(`    - ${text}`);
  context.say(`  Location:  ${spec.file}:${spec.line}`);
  context.say(`  Action:    ${actionFor(state, spec.id)}`);
  context.say();
}

function actionFor({ changes, candidate }: UnitStatus, id: UnitId): string {
  const only = (prefix: string): boolean => changes.length > 0 && changes.every(({ field }) => field.startsWith(prefix));
  if (only("packages.")) return `Install what the lock file says, or run \`vibe save --freeze-http-deps --target ${id}\``;
  if (only("uses.")) return `Undo the change, or run \`${acceptCommand(id)}\``;
  if (candidate !== undefined) return `Run \`vibe save --target ${id}\``;
  return areSettings(changes) ? `Run \`vibe accept --target ${id}\`, which keeps the code where it still passes and asks no model` : `Run \`vibe compile --target ${id}\``;
}
