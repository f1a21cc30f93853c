/**
 * `vibe rollback`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { rollbackUnit } from "../history/rollback.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import { driftOf, warnOfDrift } from "./drift-warning.ts";
import { moverOf } from "./operation.ts";
import { savedUnits } from "./saved-units.ts";
import { short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("steps", { type: "number", requiresArg: true, describe: "Saves to go back; 1 if not given" })
      .option("to", { type: "string", requiresArg: true, describe: "The revision to go to" })
      .option("message", { alias: "m", type: "string", requiresArg: true, describe: "Why, for the reflog" })
      .conflicts("steps", "to")
      .example("$0 src.hello/greet", "the save before the active one")
      .example("$0 src.hello/greet --to 'src.hello/greet@{1}'", "where it pointed before its last move"),
  handler: (args, context) => {
    const store = context.store();
    const targets = targetsOf(args);
    if (targets.length === 0) throw new VibesafeUsageError("which unit?", { remedy: "name it, as in `vibe rollback src.hello/greet`" });
    if (store === undefined) throw new VibesafeUsageError("nothing was saved yet", { remedy: "run `vibe compile`, then `vibe save`" });
    const steps = args.steps ?? 1;
    if (!Number.isSafeInteger(steps) || steps < 1) throw new VibesafeUsageError("--steps must be a whole number from 1", { remedy: "write it as in --steps 2" });
    const chosen = savedUnits(context, store, targets);
    const [unit] = chosen;
    if (unit === undefined || chosen.length > 1) {
      throw new VibesafeUsageError(`${chosen.length} units match: ${chosen.map(({ id }) => id).join(", ")}`, { remedy: "roll back one unit at a time" });
    }
    const { from, to } = rollbackUnit(store, { unit: unit.id, to: args.to ?? steps, mover: moverOf(context) });
    const drift = driftOf(context, [to]);
    context.document({ unit: unit.id, from, to: to.commitId, checkpointHash: to.checkpointHash, drift: drift.has(to) });
    if (from === to.commitId) context.say(`${unit.id} ${short(to.commitId)} is active already`);
    else context.say(`${unit.id} ${short(from)} -> ${short(to.commitId)} ${firstLine(to.commit.message)}`);
    warnOfDrift(context, drift);
    return 0;
  },
});

function firstLine(message: string): string {
  return message.split("\n")[0] ?? "";
}
