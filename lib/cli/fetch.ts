/**
 * `vibe fetch`
 *
 * @module
 */

import { refUnit } from "../spec/unit-id.ts";
import { fetchRemote, type Fetched } from "../sync/fetch.ts";
import { trackingRef } from "../sync/remotes.ts";
import { defineCommand, type Command } from "./command.ts";
import type { ExitStatus } from "./exit-status.ts";
import { requireStore } from "./store-of.ts";
import { selection, splitWords, syncContext } from "./sync-context.ts";
import { columns, count, short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[words..]",
  builder: (parser) =>
    parser
      .positional("words", { type: "string", array: true, describe: "A remote, then units; none means origin, and all that it has" })
      .option("prune", { alias: "p", type: "boolean", describe: "Forget what the remote no longer has" })
      .example("$0", "look at what others saved; nothing of yours moves")
      .example("$0 origin && vibe diff src.hello/greet origin/units/src.hello/greet", "and compare"),
  plain: ({ flag, words }) => ({ prune: flag("prune", "p"), words: words() }),
  handler: async (args, context): Promise<ExitStatus> => {
    const store = requireStore(context);
    const { remote, targets } = splitWords(store, args.words ?? []);
    const { wants, checkUsed } = selection(context, targets);
    const fetched = await fetchRemote(syncContext(context, store, remote), { wants, prune: args.prune === true });
    checkUsed();
    context.document(fetchedDocument(remote.name, fetched));
    for (const line of fetchedLines(fetched)) context.say(line);
    for (const name of fetched.gone) context.say(`${args.prune === true ? "forgot" : "gone there"}  ${trackingRef(remote.name, name)}`);
    if (fetched.claims.size === 0) context.say(`${remote.name} has nothing yet; \`vibe push\` is the first`);
    else if (fetched.moved.length === 0) context.say(`nothing new from ${remote.name}`);
    else context.say(`fetched ${count(fetched.moved.length, "ref")}, ${count(fetched.objects, "object")} from ${remote.name}`);
    return 0;
  },
});

export function fetchedDocument(remote: string, { moved, gone, objects }: Fetched): { readonly remote: string; readonly objects: number; readonly refs: readonly unknown[]; readonly gone: readonly string[] } {
  return {
    remote,
    objects,
    refs: moved.map(({ name, from, to }) => {
      const unit = refUnit(`refs/${name}`);
      return { name, ...(unit !== undefined && { unit }), from: from ?? null, to };
    }),
    gone,
  };
}

function fetchedLines({ moved }: Fetched): string[] {
  return columns(moved.map(({ name, from, to }) => [refUnit(`refs/${name}`) ?? name, `${from === undefined ? "(new)" : short(from)} -> ${short(to)}`]));
}
