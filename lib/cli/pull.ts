/**
 * `vibe pull`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { compareRevisions } from "../history/compare.ts";
import { describeSide, readSide } from "../history/merge-refs.ts";
import type { CommitId } from "../store/id.ts";
import type { Store } from "../store/store.ts";
import { pullRemote, type Choice, type Pulled, type PulledRef } from "../sync/pull.ts";
import { trackingRef } from "../sync/remotes.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { documentOfUnit, printUnitDiff } from "./diff-revisions.ts";
import { keepWhatGaveWay } from "./gave-way.ts";
import { requireStore } from "./store-of.ts";
import { identitiesOf, selection, splitWords, syncContext } from "./sync-context.ts";
import { columns, count, short } from "./text.ts";

const CHOICES: readonly Choice[] = ["ours", "theirs", "newest"];

export const command: Command = defineCommand({
  positionals: "[words..]",
  builder: (parser) =>
    parser
      .positional("words", { type: "string", array: true, describe: "A remote, then units; none means origin, and all that it has" })
      .option("ours", { type: "boolean", describe: "Of conflicts keep what is active here; a merge save keeps both histories" })
      .option("theirs", { type: "boolean", describe: "Of conflicts take what the remote has; a merge save keeps both histories" })
      .option("newest", { type: "boolean", describe: "Of conflicts take what was saved last" })
      .conflicts("ours", ["theirs", "newest"])
      .conflicts("theirs", "newest")
      .example("$0", "take what others saved; exits 1 when both saved different code for one unit")
      .example("$0 origin src.hello/greet --theirs", "settle one conflict"),
  plain: ({ words }) => ({ words: words() }),
  handler: async (args, context) => {
    const store = requireStore(context);
    keepWhatGaveWay(context);
    const { remote, targets } = splitWords(store, args.words ?? []);
    const choices = CHOICES.filter((name) => args[name] === true);
    if (choices.length > 1) throw new VibesafeUsageError("--ours, --theirs and --newest exclude each other", { remedy: "give one of them" });
    const { wants, checkUsed } = selection(context, targets);
    const pulled = await pullRemote(syncContext(context, store, remote), { wants, choice: choices[0], identities: identitiesOf(context, context.project().root) });
    checkUsed();
    return reportPull(context, store, remote.name, pulled);
  },
});

/** Says what a pull did. @returns 1 where a person must choose */
export async function reportPull(context: Context, store: Store, remote: string, { fetched, refs }: Pulled): Promise<0 | 1> {
  const conflicts = refs.filter(({ status }) => status === "conflict");
  const diffs = await Promise.all(conflicts.map(async ({ unit, ours, theirs }) => (unit === undefined || ours === undefined ? [] : compareRevisions(store, ours, theirs))));
  const side = (id: string): string => describeSide(readSide(store, id as CommitId));
  context.document({
    remote,
    objects: fetched.objects,
    refs: refs.map(({ name, unit, status, ours, theirs, to }) => ({ name, ...(unit !== undefined && { unit }), status, ours: ours ?? null, theirs, to })),
    conflicts: conflicts.map(({ name, unit, ours, theirs }, i) => ({ name, ...(unit !== undefined && { unit }), ours: ours === undefined ? null : side(ours), theirs: side(theirs), diff: (diffs[i] ?? []).map(documentOfUnit) })),
  });
  for (const line of movedLines(refs)) context.say(line);
  conflicts.forEach(({ name, unit, ours, theirs }, i) => {
    context.say(`${context.colour.red("conflict")} ${unit ?? name}: both sides have something of their own`);
    if (ours !== undefined) context.say(`  ours    ${side(ours)}`);
    context.say(`  theirs  ${side(theirs)}`);
    for (const diff of diffs[i] ?? []) printUnitDiff(context, diff);
    context.say(`  Nothing moved; theirs stays at ${trackingRef(remote, name)}.`);
    context.say(`  Action: \`vibe pull ${remote}${unit === undefined ? "" : ` ${unit}`} --theirs\`, --ours or --newest; or compile and save what is right for both, then --ours`);
  });
  const moved = refs.filter(({ ours, to }) => ours !== to).length;
  if (fetched.claims.size === 0) context.say(`${remote} has nothing yet; \`vibe push\` is the first`);
  else if (moved > 0) context.say(`${count(moved, "ref")} moved; \`vibe undo\` takes it back`);
  else if (conflicts.length === 0) context.say(`nothing new from ${remote}`);
  return conflicts.length > 0 ? 1 : 0;
}

function movedLines(refs: readonly PulledRef[]): string[] {
  const shown = refs.filter(({ ours, to, status }) => ours !== to || status === "chosen");
  return columns(shown.map(({ name, unit, status, ours, to }) => [status, unit ?? name, `${ours === undefined ? "(new)" : short(ours)} -> ${short(to)}`]));
}
