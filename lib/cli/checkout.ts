/**
 * `vibe checkout`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { checkout, type CheckedOut } from "../history/checkout.ts";
import { resolveRevision } from "../history/revision.ts";
import { readSnapshot } from "../history/snapshot.ts";
import { readUnitSave } from "../history/unit-save.ts";
import type { UnitId } from "../spec/types.ts";
import type { CommitId } from "../store/id.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { driftOf, warnOfDrift } from "./drift-warning.ts";
import { moverOf } from "./operation.ts";
import { fileOfUnit } from "./saved-units.ts";
import { requireStore } from "./store-of.ts";
import { selectTargets } from "./targets.ts";
import { count, short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[rev]",
  builder: (parser) =>
    parser
      .positional("rev", { type: "string", describe: "A save, or a tag for all saves of its snapshot" })
      .option("target", { type: "string", array: true, requiresArg: true, describe: "Of a snapshot, these units alone; may be repeated" })
      .option("message", { alias: "m", type: "string", requiresArg: true, describe: "Why; the reflogs hold the command line" })
      .example("$0 v1", "every unit as it was when v1 was made, in one step")
      .example("$0 src.hello/greet~2", "one unit, two saves back"),
  handler: (args, context) => {
    if (args.rev === undefined) throw new VibesafeUsageError("which save or snapshot?", { remedy: "name it, as in `vibe checkout v1` or `vibe checkout src.hello/greet~1`" });
    const store = requireStore(context);
    const commit = resolveRevision(store, args.rev);
    const wanted = args.target === undefined ? undefined : wantedUnits(context, store, commit, args.rev, args.target);
    const done = checkout(store, commit, { named: args.rev, mover: moverOf(context), ...(wanted !== undefined && { wants: (unit) => wanted.has(unit) }) });
    const drift = driftOf(context, done.map(({ to }) => to));
    context.document({ units: done.map(({ unit, from, to }) => ({ id: unit, from: from ?? null, to: to.commitId, checkpointHash: to.checkpointHash, drift: drift.has(to) })) });
    printMoves(context, done);
    warnOfDrift(context, drift);
    return 0;
  },
});

/** The units that targets mean among those that the commit holds. @throws VibesafeUsageError when one means none */
function wantedUnits(context: Context, store: Store, commit: CommitId, named: string, targets: readonly string[]): Set<UnitId> {
  const units = readSnapshot(store, commit)?.keys() ?? [readUnitSave(store, commit, undefined, named).unit];
  const chosen = selectTargets([...units].map((id) => ({ id, file: fileOfUnit(id) })), targets, { project: context.project(), folder: context.folder });
  return new Set(chosen.map(({ id }) => id));
}

function printMoves(context: Context, done: readonly CheckedOut[]): void {
  const moved = done.filter(({ from, to }) => from !== to.commitId);
  for (const { unit, from, to } of moved) context.say(`${unit} ${from === undefined ? "(none)" : short(from)} -> ${short(to.commitId)} ${to.commit.message.split("\n")[0] ?? ""}`);
  if (moved.length < done.length) context.say(`${count(done.length - moved.length, "unit")} active already`);
}
