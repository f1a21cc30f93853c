/**
 * `vibe log`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { walkLog, type LogEntry } from "../history/log.ts";
import { looksLikeRevision, resolveRevision } from "../history/revision.ts";
import type { CommitId } from "../store/id.ts";
import { formatDate, isoDate } from "../history/git-date.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { savedUnits } from "./saved-units.ts";
import { indent, short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("n", { alias: "max-count", type: "number", requiresArg: true, describe: "Show at most so many" })
      .option("oneline", { type: "boolean", describe: "One line a save" })
      .example("$0", "all saves, newest first")
      .example("$0 --oneline src.hello/greet", "those of one unit"),
  handler: (args, context) => {
    const store = context.store();
    const targets = targetsOf(args);
    const limit = args.n ?? Number.POSITIVE_INFINITY;
    if (!(limit >= 0)) throw new VibesafeUsageError("-n must be a number from 0", { remedy: "write it as in -n 10" });
    if (store === undefined && targets.length > 0) throw new VibesafeUsageError("nothing was saved yet", { remedy: "run `vibe compile`, then `vibe save`" });
    const entries: LogEntry[] = [];
    if (store !== undefined) {
      for (const entry of walkLog(store, startsOf(context, store, targets))) {
        if (entries.length >= limit) break;
        entries.push(entry);
      }
    }
    context.document({ commits: entries.map(documentOf) });
    entries.forEach((entry, i) => {
      if (args.oneline === true) context.say(`${context.colour.yellow(short(entry.id))} ${entry.unit ?? "-"} ${entry.message.split("\n")[0] ?? ""}`);
      else printEntry(context, entry, i === 0);
    });
    if (entries.length === 0) context.say("No saves yet.");
    return 0;
  },
});

/** What looks like a revision is one; all else selects units, also those whose source is gone. */
function startsOf(context: Context, store: Store, targets: readonly string[]): CommitId[] {
  if (targets.length === 0) return savedUnits(context, store, []).map(({ commit }) => commit);
  return targets.flatMap((target) =>
    looksLikeRevision(store, target) ? [resolveRevision(store, target)] : savedUnits(context, store, [target]).map(({ commit }) => commit),
  );
}

function documentOf({ id, unit, checkpointHash, parents, author, message }: LogEntry): unknown {
  return { id, unit: unit ?? null, checkpointHash: checkpointHash ?? null, parents, author: { name: author.name, email: author.email }, date: isoDate(author), message };
}

function printEntry(context: Context, { id, unit, checkpointHash, author, message }: LogEntry, first: boolean): void {
  if (!first) context.say();
  context.say(context.colour.yellow(`commit ${id}`));
  context.say(`Unit:       ${unit ?? "-"}`);
  context.say(`Checkpoint: ${checkpointHash ?? "-"}`);
  context.say(`Author:     ${author.name} <${author.email}>`);
  context.say(`Date:       ${formatDate(author)}`);
  context.say();
  context.say(indent(message, 4));
}
