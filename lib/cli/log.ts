/**
 * `vibe log`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { drawGraph } from "../history/graph.ts";
import { walkLog, type LogEntry } from "../history/log.ts";
import { looksLikeRevision, resolveRevision } from "../history/revision.ts";
import { topologicalOrder } from "../history/topological.ts";
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
      .option("graph", { type: "boolean", describe: "Draw the lines of history; no save before those made from it" })
      .example("$0", "all saves, newest first")
      .example("$0 --oneline src.hello/greet", "those of one unit"),
  plain: ({ flag, count, words }) => ({ oneline: flag("oneline"), graph: flag("graph"), n: count("n", "max-count"), targets: words() }),
  handler: (args, context) => {
    const store = context.store();
    const targets = targetsOf(args);
    const limit = args.n ?? Number.POSITIVE_INFINITY;
    if (!(limit >= 0)) throw new VibesafeUsageError("-n must be a number from 0", { remedy: "write it as in -n 10" });
    if (store === undefined && targets.length > 0) throw new VibesafeUsageError("nothing was saved yet", { remedy: "run `vibe compile`, then `vibe save`" });
    const walk = store === undefined ? [] : walkLog(store, startsOf(context, store, targets));
    // Where parents stand last, the whole walk comes before the first line.
    const entries = firstOf(args.graph === true ? topologicalOrder([...walk]) : walk, limit);
    context.document({ commits: entries.map(documentOf) });
    const textOf = (entry: LogEntry): string[] => (args.oneline === true ? [onelineOf(context, entry)] : linesOf(context, entry));
    if (args.graph === true) printGraph(context, entries, textOf, args.oneline === true);
    else entries.forEach((entry, i) => {
      if (i > 0 && args.oneline !== true) context.say();
      for (const line of textOf(entry)) context.say(line);
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

function firstOf(entries: Iterable<LogEntry>, limit: number): LogEntry[] {
  const found: LogEntry[] = [];
  for (const entry of entries) {
    if (found.length >= limit) break;
    found.push(entry);
  }
  return found;
}

function printGraph(context: Context, entries: readonly LogEntry[], textOf: (entry: LogEntry) => string[], oneline: boolean): void {
  drawGraph(entries).forEach(({ entry, first, rest, after }, i) => {
    textOf(entry).forEach((line, at) => context.say(`${at === 0 ? first : rest} ${line}`.trimEnd()));
    for (const line of after) context.say(line.trimEnd());
    if (!oneline && after.length === 0 && i < entries.length - 1) context.say(rest);
  });
}

function onelineOf(context: Context, { id, unit, message }: LogEntry): string {
  return `${context.colour.yellow(short(id))} ${unit ?? "-"} ${message.split("\n")[0] ?? ""}`;
}

function linesOf(context: Context, { id, unit, checkpointHash, author, message }: LogEntry): string[] {
  return [
    context.colour.yellow(`commit ${id}`),
    `Unit:       ${unit ?? "-"}`,
    `Checkpoint: ${checkpointHash ?? "-"}`,
    `Author:     ${author.name} <${author.email}>`,
    `Date:       ${formatDate(author)}`,
    "",
    ...indent(message, 4).split("\n"),
  ];
}
