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
    const textOf = (entry: LogEntry): string[] => (args.oneline === true ? [onelineOf(context, entry)] : linesOf(context, entry));
    if (context.json) {
      context.document({ commits: [...entries].map(documentOf) });
      return 0;
    }
    const print = args.graph === true ? printGraph : printList;
    if (!print(context, entries, textOf, args.oneline === true)) context.say("No saves yet.");
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

function* firstOf(entries: Iterable<LogEntry>, limit: number): Generator<LogEntry> {
  let left = limit;
  if (left === 0) return;
  for (const entry of entries) {
    yield entry;
    left -= 1;
    if (left <= 0) return;
  }
}

/** Saves are read as they are printed, but a call for each line costs more than the line. */
const LINES_AT_ONCE = 100;

/** @returns whether there was anything to print */
function printList(context: Context, entries: Iterable<LogEntry>, textOf: (entry: LogEntry) => string[], oneline: boolean): boolean {
  let lines: string[] = [];
  let printed = false;
  const flush = (): void => {
    if (lines.length > 0) context.say(lines.join("\n"));
    lines = [];
  };
  for (const entry of entries) {
    if (printed && !oneline) lines.push("");
    lines.push(...textOf(entry));
    printed = true;
    if (lines.length >= LINES_AT_ONCE) flush();
  }
  flush();
  return printed;
}

function printGraph(context: Context, walk: Iterable<LogEntry>, textOf: (entry: LogEntry) => string[], oneline: boolean): boolean {
  const entries = [...walk];
  drawGraph(entries).forEach(({ entry, first, rest, after }, i) => {
    textOf(entry).forEach((line, at) => context.say(`${at === 0 ? first : rest} ${line}`.trimEnd()));
    for (const line of after) context.say(line.trimEnd());
    if (!oneline && after.length === 0 && i < entries.length - 1) context.say(rest);
  });
  return entries.length > 0;
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
