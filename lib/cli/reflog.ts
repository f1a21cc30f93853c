/**
 * `vibe reflog`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { isoDate } from "../history/git-date.ts";
import { movesBelow, movesOf, type RefMove } from "../history/reflog.ts";
import { refNamed } from "../history/revision-base.ts";
import { CANDIDATE_REFS, candidateRef, isUnitId, refUnit, UNIT_REFS, unitRef } from "../spec/unit-id.ts";
import { isRefName } from "../store/ref-name.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import { keepWhatGaveWay } from "./gave-way.ts";
import { requireStore } from "./store-of.ts";
import { short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[names..]",
  builder: (parser) =>
    parser
      .positional("names", { type: "string", array: true, describe: "Units, UNIT@{candidate}, tags or refs; none means all units and tags" })
      .option("n", { alias: "max-count", type: "number", requiresArg: true, describe: "Show at most so many" })
      .option("all", { type: "boolean", describe: "Candidates too" })
      .example("$0 src.hello/greet", "every save that was ever active, whatever became of it"),
  handler: (args, context) => {
    const store = requireStore(context);
    keepWhatGaveWay(context);
    const limit = args.n ?? Number.POSITIVE_INFINITY;
    if (!(limit >= 0)) throw new VibesafeUsageError("-n must be a number from 0", { remedy: "write it as in -n 10" });
    const names = args.names ?? [];
    const all = [UNIT_REFS, "refs/tags/", "refs/heads/", ...(args.all === true ? [CANDIDATE_REFS] : [])];
    const moves = (names.length === 0 ? movesBelow(store, all) : names.flatMap((name) => movesNamed(store, name))).slice(0, limit);
    context.document({ entries: moves.map(documentOf) });
    for (const { to, shownAs, index, message } of moves) context.say(`${to === null ? "(deleted)   " : context.colour.yellow(short(to))} ${shownAs}@{${index}}: ${message}`);
    if (moves.length === 0) context.say("No moves: logs are local, and a fresh clone has none.");
    return 0;
  },
});

/** @throws VibesafeUsageError when there is neither a ref nor a log of that name */
function movesNamed(store: Store, name: string): RefMove[] {
  const unit = name.replace(/@\{candidate\}$/, "");
  const ref = isUnitId(unit) && unit !== name ? candidateRef(unit) : (refNamed(store, name) ?? (isUnitId(name) ? unitRef(name) : isRefName(name) ? name : undefined));
  const moves = ref === undefined ? [] : movesOf(store, ref);
  if (moves.length === 0 && refNamed(store, name) === undefined) throw new VibesafeUsageError(`${name} has no reflog`, { remedy: "`vibe reflog` shows all" });
  return moves;
}

function documentOf({ ref, shownAs, index, from, to, who, message }: RefMove): unknown {
  return { name: shownAs, ref, unit: refUnit(ref) ?? null, index, from, to, who: { name: who.name, email: who.email }, date: isoDate(who), message };
}
