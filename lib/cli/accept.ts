/**
 * `vibe accept`
 *
 * @module
 */

import { acceptUnits, type AcceptResult } from "../history/accept.ts";
import { identities } from "../history/identity.ts";
import type { IndexedUnit } from "../spec/project-index.ts";
import { readStandings } from "../spec/standing.ts";
import { readActive } from "../spec/status.ts";
import { changedUses } from "../spec/uses.ts";
import { initStore } from "../store/init.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { errorDocument } from "./error-text.ts";
import { EXIT_STATUS, highest } from "./exit-status.ts";
import { writeHarnesses } from "./harness.ts";
import { commandLine } from "./operation.ts";
import { withProgress } from "./progress.ts";
import { columns, count, short } from "./text.ts";
import { brokenByUnit, brokenStatus, complainAbout, selectIndexed } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("intent-changed", { type: "boolean", describe: "Keep the code though a doc, type, example or dependency changed" })
      .option("message", { alias: "m", type: "string", requiresArg: true, describe: "Message of the saves" })
      .option("dry-run", { type: "boolean", describe: "Tell what would be accepted or refused, and change nothing" })
      .option("no-harness", { type: "boolean", describe: "Write no test files" })
      .example("$0", "all units that drifted, after an upgrade or a change of model")
      .example("$0 --intent-changed src.hello/greet", "its doc changed, its code is still right"),
  handler: async (args, context) => {
    const targets = targetsOf(args);
    const { broken, units } = selectIndexed(context, targets);
    const workspace = context.workspace();
    const store = initStore(workspace.project.storeDir);
    const standings = readStandings(store);
    // Without a target the command is about drift: what was never saved has no code to keep.
    const chosen = targets.length > 0 ? units : units.filter((unit) => standings.of(unit.id, unit.specHash()).active !== undefined);
    // Whether the code of a save imports what it did takes reading it: that is done for what was asked for by name.
    const isMoved = (unit: IndexedUnit): boolean => targets.length > 0 && changedUses(workspace, unit.hashed().spec, readActive(store, unit.id)?.verification?.witness?.uses).length > 0;
    const drifted = chosen.filter((unit) => standings.of(unit.id, unit.specHash()).status !== "active" || isMoved(unit));
    const dryRun = args.dryRun === true;
    const hashed = drifted.map((unit) => unit.hashed());
    const results = await withProgress(context, "accepting", (progress) =>
      acceptUnits(workspace, store, hashed, {
        identities: identities({ root: workspace.project.root, env: context.io.env }),
        command: commandLine(context),
        // A broken spec is a unit that cannot be accepted: then none is.
        dryRun: dryRun || broken.length > 0,
        intentChanged: args.intentChanged === true,
        signal: context.io.signal,
        onGates: (implementations) => progress.show(`checking ${count(implementations, "implementation")}`),
        ...(args.message !== undefined && { message: args.message }),
      }),
    );
    const settled = broken.length === 0 ? results : results.map((result): AcceptResult => (result.status === "accepted" ? { ...result, status: "refused" } : result));
    const lost = brokenByUnit(broken).map(({ id, error }) => ({ id, status: "refused", commit: null, checkpointHash: null, changes: [], error }));
    context.document({ ...(dryRun && { dryRun }), results: [...settled.map(documentOf), ...lost] });
    printResults(context, settled, dryRun);
    if (settled.length === 0 && broken.length === 0) context.say(`Nothing to accept: no drift in ${count(chosen.length, "unit")}.`);
    const accepted = settled.filter(({ status }) => status === "accepted");
    if (!dryRun && args.noHarness !== true) writeHarnesses(context, hashed.filter(({ spec }) => accepted.some(({ id }) => id === spec.id)));
    complainAbout(context, broken);
    const refused = settled.filter(({ status }) => status === "refused").length + lost.length;
    if (refused > 0 && !context.json) context.io.err(`nothing was accepted: ${count(refused, "unit")} refused\n`);
    return highest([...settled.flatMap(({ status, reason }) => (status === "refused" ? [reason === undefined ? 1 : EXIT_STATUS[reason.code]] : [])), brokenStatus(broken)]);
  },
});

function documentOf({ id, status, commit, checkpointHash, changes, reason }: AcceptResult): unknown {
  return { id, status, commit, checkpointHash, changes, ...(reason !== undefined && { error: errorDocument(reason) }) };
}

function printResults(context: Context, results: readonly AcceptResult[], dryRun: boolean): void {
  const { colour } = context;
  const shown = results.filter(({ reason }) => reason === undefined);
  const lines = columns(shown.map(({ id, status, commit, checkpointHash }) => [id, checkpointHash === null ? "" : short(checkpointHash), outcomeText(status, commit, dryRun)]));
  const mark = { accepted: colour.green("✓"), unchanged: colour.dim("="), refused: colour.yellow("-") };
  shown.forEach(({ status, changes }, i) => {
    context.say(`${mark[status]} ${lines[i] ?? ""}`);
    for (const { text } of changes) context.say(colour.dim(`    ${text.split("\n")[0] ?? ""}`));
  });
  if (!context.json) for (const { reason } of results) if (reason !== undefined) context.complain(reason);
}

function outcomeText(status: AcceptResult["status"], commit: AcceptResult["commit"], dryRun: boolean): string {
  if (status === "unchanged") return "unchanged";
  if (status === "refused") return "ready, not accepted: all units or none";
  return dryRun ? "would be accepted" : `accepted as ${short(commit ?? "")}`;
}
