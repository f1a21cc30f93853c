/**
 * `vibe tag`
 *
 * @module
 */

import picomatch from "picomatch";
import { VibesafeUsageError } from "../errors.ts";
import { formatGitDate } from "../history/git-date.ts";
import { identities } from "../history/identity.ts";
import { peelTo } from "../history/peel.ts";
import { createTag, deleteTags, listTags } from "../history/tag.ts";
import { readCommit } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { moverOf } from "./operation.ts";
import { requireStore } from "./store-of.ts";
import { columns, count, short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[names..]",
  builder: (parser) =>
    parser
      .positional("names", { type: "string", array: true, describe: "The tag to make; with -d tags to delete, with -l globs" })
      .option("message", { alias: "m", type: "string", requiresArg: true, describe: "Message of the snapshot" })
      .option("list", { alias: "l", type: "boolean", describe: "List tags; so does no argument at all" })
      .option("delete", { alias: "d", type: "boolean", describe: "Delete tags; what they lead to stays" })
      .option("force", { alias: "f", type: "boolean", describe: "Move a tag that is there" })
      .conflicts("list", ["delete", "message", "force"])
      .conflicts("delete", ["message", "force"])
      .example("$0 v1 -m 'first release'", "name what is active now")
      .example("$0", "list tags"),
  handler: (args, context) => {
    const names = args.names ?? [];
    if (args.delete !== true && (args.list === true || names.length === 0)) return list(context, context.store(), names);
    const store = requireStore(context);
    if (args.delete === true) {
      if (names.length === 0) throw new VibesafeUsageError("which tag?", { remedy: "`vibe tag -l` lists them" });
      const deleted = deleteTags(store, names, moverOf(context));
      context.document({ deleted: deleted.map(({ name, was }) => ({ name, commit: was })) });
      for (const { name, was } of deleted) context.say(`Deleted tag ${name} (was ${short(was)})`);
      return 0;
    }
    const [name = "", ...more] = names;
    if (more.length > 0) throw new VibesafeUsageError(`one tag at a time, not ${names.join(" and ")}`, { remedy: `name one, as in \`vibe tag ${name}\`` });
    const { commit, snapshot } = createTag(store, name, {
      identities: identities({ root: context.project().root, env: context.io.env }),
      mover: moverOf(context),
      force: args.force === true,
      ...(args.message !== undefined && { message: args.message }),
    });
    context.document({ name, commit, units: Object.fromEntries(snapshot) });
    context.say(`${name} ${short(commit)}: ${count(snapshot.size, "unit")}`);
    return 0;
  },
});

function list(context: Context, store: Store | undefined, patterns: readonly string[]): 0 {
  const matches = patterns.length === 0 ? undefined : picomatch([...patterns]);
  const tags = store === undefined ? [] : listTags(store).filter(({ name }) => matches === undefined || matches(name));
  const rows = tags.map(({ name, id }) => {
    const commitId = store === undefined ? undefined : peelTo(store, id, "commit");
    const commit = store === undefined || commitId === undefined ? undefined : readCommit(store, commitId);
    return { name, commit: commitId ?? id, date: commit === undefined ? "" : (formatGitDate(commit.author, "iso-strict") ?? ""), message: commit?.message.trimEnd() ?? "" };
  });
  context.document({ tags: rows });
  for (const line of columns(rows.map(({ name, commit, date, message }) => [name, short(commit), date.slice(0, 10), message.split("\n")[0] ?? ""]))) context.say(line);
  return 0;
}
