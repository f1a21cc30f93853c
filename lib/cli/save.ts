/**
 * `vibe save`
 *
 * @module
 */

import { identities } from "../history/identity.ts";
import { saveUnits, type SaveResult } from "../history/save.ts";
import { initStore } from "../store/init.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { errorDocument } from "./error-text.ts";
import { EXIT_STATUS, highest } from "./exit-status.ts";
import { writeHarnesses } from "./harness.ts";
import { withProgress } from "./progress.ts";
import { count, short } from "./text.ts";
import { brokenByUnit, brokenStatus, complainAbout, foundNothing, selectUnits } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("message", { alias: "m", type: "string", requiresArg: true, describe: "Message of the saves" })
      .option("dry-run", { type: "boolean", describe: "Tell what would be saved or refused, and change nothing" })
      .option("no-harness", { type: "boolean", describe: "Write no test files" })
      .option("allow-empty", { type: "boolean", describe: "Succeed when there is no unit" })
      .example("$0 -m 'first version'", "all units, or none where one is refused")
      .example("$0 --dry-run", "for CI: is everything saved?"),
  handler: async (args, context) => {
    const selection = selectUnits(context, targetsOf(args));
    const { broken, units } = selection;
    const workspace = context.workspace();
    const dryRun = args.dryRun === true;
    const results = await withProgress(context, "saving", (progress) =>
      saveUnits(workspace, initStore(workspace.project.storeDir), units, {
        identities: identities({ root: workspace.project.root, env: context.io.env }),
        // A broken spec is a unit that cannot be saved: then none is.
        dryRun: dryRun || broken.length > 0,
        signal: context.io.signal,
        onGates: (candidates) => progress.show(`checking ${count(candidates, "candidate")}`),
        ...(args.message !== undefined && { message: args.message }),
      }),
    );
    const settled = broken.length === 0 ? results : results.map((result): SaveResult => (result.status === "saved" ? { ...result, status: "refused", checkpointHash: null } : result));
    const saved = settled.filter(({ status }) => status === "saved");
    if (!dryRun && args.noHarness !== true) {
      writeHarnesses(context, units.filter(({ spec }) => saved.some(({ id }) => id === spec.id)));
    }
    context.document({ ...(dryRun && { dryRun }), results: [...settled.map(documentOf), ...brokenByUnit(broken).map(({ id, error }) => ({ id, status: "refused", commit: null, checkpointHash: null, error }))] });
    for (const result of settled) printResult(context, result, dryRun);
    complainAbout(context, broken);
    if (foundNothing(context, selection, args)) return 1;
    const refused = settled.filter(({ status }) => status === "refused").length + brokenByUnit(broken).length;
    if (refused > 0 && !context.json) context.io.err(`nothing was saved: ${count(refused, "unit")} refused\n`);
    return highest([...settled.flatMap(({ status, reason }) => (status === "refused" ? [reason === undefined ? 1 : EXIT_STATUS[reason.code]] : [])), brokenStatus(broken)]);
  },
});

function documentOf({ id, status, commit, checkpointHash, reason }: SaveResult): unknown {
  return { id, status, commit, checkpointHash, ...(reason !== undefined && { error: errorDocument(reason) }) };
}

function printResult(context: Context, { id, status, commit, checkpointHash, reason }: SaveResult, dryRun: boolean): void {
  const { colour } = context;
  if (status === "saved") {
    const what = checkpointHash === null ? "" : short(checkpointHash);
    context.say(dryRun ? `${colour.green("✓")} ${id}  ${what}  would be saved` : `${colour.green("✓")} ${id}  ${what}  saved as ${short(commit ?? "")}`);
  } else if (status === "unchanged") {
    context.say(`${colour.dim("=")} ${id}  ${checkpointHash === null ? "" : short(checkpointHash)}  unchanged`);
  } else if (reason !== undefined) {
    if (!context.json) context.complain(reason);
  } else {
    context.say(`${colour.yellow("-")} ${id}  ready, not saved: all units or none`);
  }
}
