/**
 * `vibe push`
 *
 * @module
 */

import { refUnit } from "../spec/unit-id.ts";
import { pushRemote, type PushedRef } from "../sync/push.ts";
import { withoutSecrets } from "../sync/remote-url.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { requireStore } from "./store-of.ts";
import { selection, splitWords, syncContext } from "./sync-context.ts";
import { columns, count, short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[words..]",
  builder: (parser) =>
    parser
      .positional("words", { type: "string", array: true, describe: "A remote, then units; none means origin, and every unit and tag" })
      .option("force-with-lease", { type: "boolean", describe: "Also move what would lose saves there, if it is as it was fetched last" })
      .option("dry-run", { type: "boolean", describe: "Tell what would be pushed, and send nothing" })
      .example("$0", "every unit and tag to origin")
      .example("$0 origin src.hello/greet", "one unit"),
  handler: async (args, context) => {
    const store = requireStore(context);
    const { remote, targets } = splitWords(store, args.words ?? []);
    const { wants, checkUsed } = selection(context, targets);
    const dryRun = args.dryRun === true;
    const { refs, objects } = await pushRemote(syncContext(context, store, remote), { wants, lease: args.forceWithLease === true, dryRun });
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

function documentOf({ name, status, from, to, reason }: PushedRef): unknown {
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
