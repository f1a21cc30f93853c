/**
 * `vibe fsck`
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { VibesafeUsageError } from "../errors.ts";
import { committedFile, withCommittedCopies } from "../history/committed-copies.ts";
import { checkSaves, type SaveProblem } from "../history/fsck-saves.ts";
import { repositoryConfigOf } from "../history/git-folder.ts";
import { objectsAnew } from "../history/objects-anew.ts";
import { fsck, type FsckProblem, type FsckReport } from "../store/fsck.ts";
import { initStore } from "../store/init.ts";
import { repair, type RepairReport } from "../store/repair.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { count, short } from "./text.ts";

export const command: Command = defineCommand({
  builder: (parser) =>
    parser
      .option("repair", { type: "boolean", describe: "Move what is damaged aside, and restore what packs, logs, the sources, the project's own repository or --from still hold" })
      .option("from", { type: "string", array: true, requiresArg: true, describe: "With --repair: a store, or a folder of objects, that may hold copies; may be repeated" })
      .implies("from", "repair")
      .example("$0", "exits 4 when anything in the store is damaged, missing or does not go together")
      .example("$0 --repair --from ../clone/.vibesafe", "mend from another clone"),
  handler: async (args, context) => {
    if (args.repair === true) restoreSkeleton(context.project().storeDir);
    const store = context.store();
    if (store === undefined) throw new VibesafeUsageError("there is no store yet", { remedy: "run `vibe init`, or `vibe compile`, which makes it" });
    const repaired = args.repair === true ? await mend(context, store, args.from ?? []) : undefined;
    const report: FsckReport = repaired?.after ?? fsck(store, { inWorkingTree: isInWorkingTree(context) });
    const problems: (FsckProblem | SaveProblem)[] = [...report.problems, ...(await checkSaves(store, { inWorkingTree: isInWorkingTree(context) }))];
    const ok = problems.length === 0;
    context.document({ ok, objects: report.objects, problems, notices: report.notices, ...(repaired !== undefined && { restored: repaired.restored, indexes: repaired.indexes, refs: repaired.refs, aside: repaired.aside }) });
    if (repaired !== undefined) printRepair(context, repaired);
    for (const { id, kind, detail } of report.notices.slice(0, MOST_NOTICES)) context.say(`${context.colour.yellow(`notice: ${kind}`)} ${nameOf(id)}: ${detail}`);
    if (report.notices.length > MOST_NOTICES) context.say(`notice: ${report.notices.length - MOST_NOTICES} more, which --json lists`);
    for (const { id, kind, detail } of problems) context.say(`${context.colour.red(kind)} ${nameOf(id)}: ${detail}`);
    context.say(ok ? `${context.colour.green("✓")} ${count(report.objects, "object")}, nothing damaged` : `${context.colour.red("✗")} ${count(problems.length, "problem")} in ${count(report.objects, "object")}`);
    return ok ? 0 : 4;
  },
});

/** Notices are told to people one by one as long as there are few: after a change of branch every log may have some. */
const MOST_NOTICES = 10;

function isInWorkingTree(context: Context): boolean {
  return repositoryConfigOf(context.project().root) !== undefined;
}

/** Of a store that lost its HEAD or its config, what is left tells that it was one; neither says anything that a new one does not. */
function restoreSkeleton(storeDir: string): void {
  if (["HEAD", "config", "objects"].some((name) => existsSync(join(storeDir, name)))) initStore(storeDir);
}

async function mend(context: Context, store: Store, from: readonly string[]): Promise<RepairReport> {
  const given = from.map((folder) => resolve(context.folder, folder));
  const objects = await objectsAnew(context.workspace(), store);
  const around = { root: context.project().root, env: context.io.env };
  return withCommittedCopies(store, around, async (copies) => {
    return repair(store, { sources: copies === undefined ? given : [...given, copies], objects, committed: committedFile(store, around), inWorkingTree: isInWorkingTree(context) });
  });
}

function nameOf(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? short(id) : id;
}

function printRepair(context: Context, { restored, indexes, refs, aside }: RepairReport): void {
  for (const path of indexes) context.say(`made ${path} from its pack`);
  for (const id of restored) context.say(`restored ${short(id)}`);
  for (const ref of refs) context.say(`restored ${ref}`);
  for (const path of aside) context.say(`moved aside ${path}`);
}
