/**
 * `vibe save`
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BOM_FILE, formatBom, frozenUnits } from "../history/bom.ts";
import { identities } from "../history/identity.ts";
import { saveUnits, type SaveResult } from "../history/save.ts";
import { initStore } from "../store/init.ts";
import { openStore } from "../store/store.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { errorDocument } from "./error-text.ts";
import { EXIT_STATUS, highest } from "./exit-status.ts";
import { keepWhatGaveWay } from "./gave-way.ts";
import { writeHarnesses } from "./harness.ts";
import { commandLine } from "./operation.ts";
import { withProgress } from "./progress.ts";
import { columns, count, short } from "./text.ts";
import { brokenByUnit, brokenStatus, complainAbout, foundNothing, selectUnits } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("message", { alias: "m", type: "string", requiresArg: true, describe: "Message of the saves" })
      .option("dry-run", { type: "boolean", describe: "Tell what would be saved or refused, and change nothing" })
      .option("freeze-http-deps", { alias: "freeze", type: "boolean", describe: "Record the packages that each unit can reach, and their versions" })
      .option("no-harness", { type: "boolean", describe: "Write no test files" })
      .option("allow-empty", { type: "boolean", describe: "Succeed when there is no unit" })
      .example("$0 -m 'first version'", "all units, or none where one is refused")
      .example("$0 --dry-run", "for CI: is everything saved?"),
  handler: async (args, context) => {
    keepWhatGaveWay(context);
    const selection = selectUnits(context, targetsOf(args));
    const { broken, units } = selection;
    const workspace = context.workspace();
    const dryRun = args.dryRun === true;
    const freeze = args.freezeHttpDeps ?? workspace.project.config.save.freeze;
    const results = await withProgress(context, "saving", (progress) =>
      saveUnits(workspace, initStore(workspace.project.storeDir), units, {
        identities: identities({ root: workspace.project.root, env: context.io.env }),
        command: commandLine(context),
        // A broken spec is a unit that cannot be saved: then none is.
        dryRun: dryRun || broken.length > 0,
        freeze,
        signal: context.io.signal,
        onGates: (candidates) => progress.show(`checking ${count(candidates, "candidate")}`),
        ...(args.message !== undefined && { message: args.message }),
      }),
    );
    const settled = broken.length === 0 ? results : results.map((result): SaveResult => (result.status === "saved" ? { ...result, status: "refused", checkpointHash: null } : result));
    const saved = settled.filter(({ status }) => status === "saved");
    context.document({ ...(dryRun && { dryRun }), results: [...settled.map(documentOf), ...brokenByUnit(broken).map(({ id, error }) => ({ id, status: "refused", commit: null, checkpointHash: null, error }))] });
    printResults(context, settled, dryRun);
    if (!dryRun && args.noHarness !== true) writeHarnesses(context, units.filter(({ spec }) => saved.some(({ id }) => id === spec.id)));
    if (freeze && !dryRun && saved.length > 0) writeBom(context);
    complainAbout(context, broken);
    if (foundNothing(context, selection, args)) return 1;
    const refused = settled.filter(({ status }) => status === "refused").length + brokenByUnit(broken).length;
    if (refused > 0 && !context.json) context.io.err(`nothing was saved: ${count(refused, "unit")} refused\n`);
    return highest([...settled.flatMap(({ status, reason }) => (status === "refused" ? [reason === undefined ? 1 : EXIT_STATUS[reason.code]] : [])), brokenStatus(broken)]);
  },
});

function writeBom(context: Context): void {
  const { root, storeDir } = context.project();
  writeFileSync(join(root, BOM_FILE), formatBom(frozenUnits(openStore(storeDir))));
  context.say(context.colour.dim(`  packages: ${BOM_FILE}`));
}

function documentOf({ id, status, commit, checkpointHash, reason }: SaveResult): unknown {
  return { id, status, commit, checkpointHash, ...(reason !== undefined && { error: errorDocument(reason) }) };
}

function printResults(context: Context, results: readonly SaveResult[], dryRun: boolean): void {
  const { colour } = context;
  const shown = results.filter(({ reason }) => reason === undefined);
  const lines = columns(shown.map(({ id, status, commit, checkpointHash }) => [id, checkpointHash === null ? "" : short(checkpointHash), outcomeText(status, commit, dryRun)]));
  const mark = { saved: colour.green("✓"), unchanged: colour.dim("="), refused: colour.yellow("-") };
  shown.forEach(({ status }, i) => context.say(`${mark[status]} ${lines[i] ?? ""}`));
  if (!context.json) for (const { reason } of results) if (reason !== undefined) context.complain(reason);
}

function outcomeText(status: SaveResult["status"], commit: SaveResult["commit"], dryRun: boolean): string {
  if (status === "unchanged") return "unchanged";
  if (status === "refused") return "ready, not saved: all units or none";
  return dryRun ? "would be saved" : `saved as ${short(commit ?? "")}`;
}
