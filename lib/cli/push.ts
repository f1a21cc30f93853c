/**
 * `vibe push`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { refUnit } from "../spec/unit-id.ts";
import type { SyncContext } from "../sync/connect.ts";
import { deleteOnHost } from "../sync/delete.ts";
import { pushRemote, type PushedRef } from "../sync/push.ts";
import { withoutSecrets } from "../sync/remote-url.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import type { ExitStatus } from "./exit-status.ts";
import { requireStore } from "./store-of.ts";
import { selection, splitWords, syncContext, type Selection } from "./sync-context.ts";
import { columns, count, short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[words..]",
  builder: (parser) =>
    parser
      .positional("words", { type: "string", array: true, describe: "A remote, then units; none means origin, and every unit and tag" })
      .option("force-with-lease", { type: "boolean", describe: "Also move what would lose saves there, if it is as it was fetched last" })
      .option("delete", { alias: "d", type: "boolean", describe: "Delete what is named from the remote, where it is as it was fetched last; nothing goes here" })
      .option("dry-run", { type: "boolean", describe: "Tell what would be pushed, and send nothing" })
      .conflicts("delete", "force-with-lease")
      .example("$0", "every unit and tag to origin")
      .example("$0 origin src.hello/greet", "one unit; a tag is named as tags/v1")
      .example("$0 origin --delete src.hello/greet", "a unit that is no more"),
  plain: ({ flag, words }) => ({ forceWithLease: flag("force-with-lease"), dryRun: flag("dry-run"), words: words() }),
  handler: async (args, context): Promise<ExitStatus> => {
    const store = requireStore(context);
    const { remote, targets } = splitWords(store, args.words ?? []);
    const { wants, checkUsed } = selection(context, targets);
    const dryRun = args.dryRun === true;
    const sync = syncContext(context, store, remote);
    if (args.delete === true) {
      if (targets.length === 0) throw new VibesafeUsageError("delete what?", { remedy: "name units, or tags as tags/NAME" });
      return deleteRefs(context, sync, { wants, checkUsed }, dryRun);
    }
    const { refs, objects } = await pushRemote(sync, { wants, lease: args.forceWithLease === true, dryRun });
    checkUsed();
    const url = withoutSecrets(remote.url);
    context.document({ remote: remote.name, url, ...(dryRun && { dryRun }), objects, refs: refs.map(documentOf) });
    report(context, refs);
    const moved = refs.filter(({ status }) => status === "pushed").length;
    const rejected = refs.filter(({ status }) => status === "rejected");
    if (moved > 0) context.say(dryRun ? `would push ${count(moved, "ref")} to ${remote.name} (${url})` : `pushed ${count(moved, "ref")}, ${count(objects, "object")} to ${remote.name} (${url})`);
    else if (rejected.length === 0) context.say(refs.length === 0 ? "nothing is saved here to push" : "everything is there already");
    return rejected.length > 0 ? 1 : 0;
  },
});

async function deleteRefs(context: Context, sync: SyncContext, { wants, checkUsed }: Selection, dryRun: boolean): Promise<ExitStatus> {
  const { name: remote, url } = sync.remote;
  const refs = await deleteOnHost(sync, { wants, onOffered: checkUsed, dryRun });
  context.document({ remote, url: withoutSecrets(url), ...(dryRun && { dryRun }), objects: 0, refs: refs.map((ref) => documentOf({ ...ref, to: null })) });
  for (const line of columns(refs.map(({ name, status, from, reason }) => [status, refUnit(`refs/${name}`) ?? name, short(from), reason ?? ""]))) context.say(line.trimEnd());
  const deleted = refs.filter(({ status }) => status === "deleted").length;
  if (deleted > 0) context.say(`${dryRun ? "would delete" : "deleted"} ${count(deleted, "ref")} from ${remote}`);
  return deleted < refs.length ? 1 : 0;
}

interface RefReport extends Pick<PushedRef, "name" | "from" | "reason"> {
  readonly status: PushedRef["status"] | "deleted";
  readonly to: PushedRef["to"] | null;
}

function documentOf({ name, status, from, to, reason }: RefReport): unknown {
  const unit = refUnit(`refs/${name}`);
  return { name, ...(unit !== undefined && { unit }), status, from: from ?? null, to, ...(reason !== undefined && { reason }) };
}

function report(context: Context, refs: readonly PushedRef[]): void {
  const { colour } = context;
  const shown = refs.filter(({ status }) => status !== "unchanged");
  const paint = { pushed: colour.green, behind: colour.yellow, rejected: colour.red, unchanged: colour.dim };
  const lines = columns(shown.map(({ name, status, from, to, reason }) => [status, refUnit(`refs/${name}`) ?? name, `${from === undefined ? "(new)" : short(from)} -> ${short(to)}`, reason ?? (status === "behind" ? "the remote has what follows; `vibe pull` takes it" : "")]));
  shown.forEach(({ status }, i) => context.say((lines[i] ?? "").replace(status, (word) => paint[status](word)).trimEnd()));
}
