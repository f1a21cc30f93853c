/**
 * `vibe for-each-ref` (git-for-each-ref(1)).
 *
 * @module
 */

import picomatch from "picomatch";
import { VibesafeUsageError } from "../errors.ts";
import { DEFAULT_REF_FORMAT, formatRef, refField, type NamedRef } from "../history/ref-format.ts";
import { peelTags, peelTo } from "../history/peel.ts";
import { leadsTo, reachableFrom } from "../history/reachable.ts";
import { resolveObject, resolveRevision } from "../history/revision.ts";
import type { CommitId } from "../store/id.ts";
import { readObject } from "../store/read.ts";
import { listRefs } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import { requireStore } from "./store-of.ts";

export const command: Command = defineCommand({
  positionals: "[patterns..]",
  builder: (parser) =>
    parser
      .positional("patterns", { type: "string", array: true, describe: "Show refs that are one of these, lie below one, or match a glob" })
      .option("format", { type: "string", requiresArg: true, describe: "Fields as %(refname), %(objectname), %(objecttype), %(subject) …" })
      .option("count", { type: "number", requiresArg: true, describe: "Show at most so many" })
      .option("sort", { type: "string", array: true, requiresArg: true, describe: "A field, with - before it for descending order; refname if not given" })
      .option("points-at", { type: "string", array: true, requiresArg: true, describe: "Show refs that lead to this object" })
      .option("contains", { type: "string", array: true, requiresArg: true, describe: "Show refs whose history has this commit" })
      .option("no-contains", { type: "string", array: true, requiresArg: true, describe: "Show refs whose history has it not" })
      .option("merged", { type: "string", array: true, requiresArg: true, describe: "Show refs that the history of this commit has" })
      .option("no-merged", { type: "string", array: true, requiresArg: true, describe: "Show refs that it has not" })
      .example("$0 refs/units --format='%(objectname:short) %(refname)'", "what is active"),
  handler: (args, context) => {
    const store = requireStore(context);
    const limit = args.count ?? 0;
    if (!Number.isSafeInteger(limit) || limit < 0) throw new VibesafeUsageError("--count must be a whole number", { remedy: "write it as in --count=5" });
    const at = args.pointsAt?.map((revision) => resolveObject(store, revision));
    const matches = (args.patterns ?? []).map(matcher);
    const named = listRefs(store).filter(({ name, id }) => (matches.length === 0 || matches.some((match) => match(name))) && (at === undefined || at.includes(id) || at.includes(peelTags(store, id).id)));
    const filters = historyFilters(store, args);
    const refs = filters.length === 0 ? named : named.filter(({ id }) => {
      const commit = peelTo(store, id, "commit");
      return commit !== undefined && filters.every((fits) => fits(commit));
    });
    const shown = sortRefs(store, refs, args.sort ?? []).slice(0, limit === 0 ? undefined : limit);
    context.document({ refs: shown.map(({ name, id }) => ({ name, id, type: readObject(store, id).type })) });
    for (const ref of shown) context.say(formatRef(store, ref, args.format ?? DEFAULT_REF_FORMAT));
    return 0;
  },
});

interface HistoryOptions {
  readonly contains?: readonly string[] | undefined;
  readonly noContains?: readonly string[] | undefined;
  readonly merged?: readonly string[] | undefined;
  readonly noMerged?: readonly string[] | undefined;
}

/** What a ref's commit must fulfil; of several commits to one option any will do, as in git. */
function historyFilters(store: Store, { contains, noContains, merged, noMerged }: HistoryOptions): ((commit: CommitId) => boolean)[] {
  const commits = (revisions: readonly string[]): CommitId[] => revisions.map((revision) => resolveRevision(store, revision));
  const filters: ((commit: CommitId) => boolean)[] = [];
  if (contains !== undefined) filters.push(leadsTo(store, new Set(commits(contains))));
  if (noContains !== undefined) {
    const leads = leadsTo(store, new Set(commits(noContains)));
    filters.push((commit) => !leads(commit));
  }
  if (merged !== undefined) {
    const within = reachableFrom(store, commits(merged));
    filters.push((commit) => within.has(commit));
  }
  if (noMerged !== undefined) {
    const within = reachableFrom(store, commits(noMerged));
    filters.push((commit) => !within.has(commit));
  }
  return filters;
}

/** A pattern is a glob, or the whole name, or its beginning up to a slash. */
function matcher(pattern: string): (name: string) => boolean {
  const glob = picomatch(pattern, { dot: true });
  const folder = pattern.endsWith("/") ? pattern : `${pattern}/`;
  return (name) => name === pattern || name.startsWith(folder) || glob(name);
}

function sortRefs(store: Store, refs: readonly NamedRef[], keys: readonly string[]): NamedRef[] {
  let sorted = [...refs];
  // The last key is the first to sort by, and every sort is stable.
  for (const key of keys) {
    const descending = key.startsWith("-");
    const field = key.replace(/^-/, "");
    const isDate = field.endsWith("date");
    const numeric = isDate || field === "objectsize";
    const atom = isDate ? `${field}:unix` : field;
    const keyed = sorted.map((ref) => ({ ref, value: refField(store, ref, atom) }));
    keyed.sort((a, b) => (descending ? -1 : 1) * (numeric ? Number(a.value) - Number(b.value) : Buffer.compare(Buffer.from(a.value), Buffer.from(b.value))));
    sorted = keyed.map(({ ref }) => ref);
  }
  return sorted;
}
