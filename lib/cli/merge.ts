/**
 * `vibe merge`: settles what a merge, rebase or cherry-pick of the project's repository left in conflict in the store.
 *
 * @module
 */

import { compareRevisions } from "../history/compare.ts";
import { isoDate } from "../history/git-date.ts";
import { identities } from "../history/identity.ts";
import { chosenSide, readConflicts, refConflicts, settleFiles, settleRef, type Choice, type RefConflict } from "../history/merge-conflicts.ts";
import { describeSide, type Side } from "../history/merge-refs.ts";
import { openProjectGit } from "../history/project-git.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { printUnitDiff } from "./diff-revisions.ts";
import { keepWhatGaveWay } from "./gave-way.ts";
import { commandLine } from "./operation.ts";
import { fileOfUnit } from "./saved-units.ts";
import { requireStore } from "./store-of.ts";
import { selectTargets } from "./targets.ts";
import { count, short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("ours", { type: "boolean", describe: "Take our side; in a rebase that is what it goes upon, as everywhere in git" })
      .option("theirs", { type: "boolean", describe: "Take their side" })
      .option("newest", { type: "boolean", describe: "Take what was saved later" })
      .option("dry-run", { type: "boolean", describe: "Tell what would be settled, and change nothing" })
      .conflicts("ours", ["theirs", "newest"])
      .conflicts("theirs", "newest")
      .example("$0", "who saved what, and how the two differ; settles only what needs no choice")
      .example("$0 --theirs --target src.hello/greet", "their code; both saves stay in the unit's history"),
  handler: async (args, context) => {
    const store = requireStore(context);
    keepWhatGaveWay(context);
    const repository = openProjectGit(context.project().root, context.io.env);
    const choice: Choice | undefined = args.ours === true ? "ours" : args.theirs === true ? "theirs" : args.newest === true ? "newest" : undefined;
    const dryRun = args.dryRun === true;
    const files = readConflicts(repository, store);
    const how = { identities: identities({ root: repository.top, env: context.io.env }), command: commandLine(context) };
    const { settled, open } = dryRun ? { settled: [], open: [] } : settleFiles(repository, store, files, choice, how);
    const all = refConflicts(store, files.filter(({ path }) => !settled.includes(path)));
    const targets = targetsOf(args);
    const wanted = targets.length === 0 ? all : selectTargets(all.map((conflict) => ({ conflict, id: conflict.unit ?? conflict.ref, file: conflict.unit === undefined ? conflict.ref : fileOfUnit(conflict.unit) })), targets, { project: context.project(), folder: context.folder }).map(({ conflict }) => conflict);
    const ready = wanted.filter(({ merge }) => choice !== undefined || merge.kind !== "conflict");
    const waiting = all.filter((conflict) => !ready.includes(conflict));
    const merged = ready.map((conflict) => ({ conflict, ...(dryRun ? { id: null, from: chosenSide(conflict, choice)?.id ?? null } : settleRef(repository, store, conflict, choice, how)) }));
    context.document({
      ...(dryRun && { dryRun }),
      merged: merged.map(({ conflict, id, from }) => ({ ref: conflict.ref, unit: conflict.unit ?? null, how: conflict.merge.kind, chosen: from, commit: id })),
      files: settled,
      conflicts: [...waiting.map(documentOf), ...open.map((path) => ({ path }))],
    });
    for (const { conflict, from } of merged) context.say(`${context.colour.green("✓")} ${conflict.unit ?? conflict.ref} ${from === null ? "removed" : `is ${short(from)}`}${conflict.merge.kind === "conflict" ? ", both saves are its parents" : ""}`);
    for (const conflict of waiting) await printConflict(context, store, conflict);
    for (const path of open) context.say(`${context.colour.red("✗")} ${path}: neither side is whole; restore it with git`);
    if (files.length === 0) context.say("Nothing of the store is in conflict.");
    else if (waiting.length + open.length === 0 && !dryRun) context.say("All settled, and added to git's index: go on with `git commit`, or `git rebase --continue`.");
    else if (waiting.length > 0) context.say(`${count(waiting.length, "conflict")}: choose with --ours, --theirs or --newest, for one unit with --target.`);
    return waiting.length + open.length === 0 ? 0 : 1;
  },
});

function documentOf({ ref, unit, ours, theirs }: RefConflict): unknown {
  return { ref, unit: unit ?? null, ours: sideDocument(ours), theirs: sideDocument(theirs) };
}

function sideDocument(side: Side | undefined): unknown {
  if (side === undefined) return null;
  const { id, save } = side;
  if (save === undefined) return { id };
  const { author, message } = save.commit;
  return { id, checkpointHash: save.checkpointHash, author: { name: author.name, email: author.email }, date: isoDate(author), message: message.split("\n")[0] ?? "" };
}

async function printConflict(context: Context, store: Store, { ref, unit, ours, theirs }: RefConflict): Promise<void> {
  if (context.json) return;
  context.say(`${context.colour.red("✗")} ${unit ?? ref}`);
  context.say(`    ours    ${ours === undefined ? "(removed)" : describeSide(ours)}`);
  context.say(`    theirs  ${theirs === undefined ? "(removed)" : describeSide(theirs)}`);
  if (ours?.save === undefined || theirs?.save === undefined) return;
  for (const diff of await compareRevisions(store, ours.id, theirs.id)) printUnitDiff(context, diff);
}
