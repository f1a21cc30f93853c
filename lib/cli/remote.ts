/**
 * `vibe remote`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { initStore } from "../store/init.ts";
import { updateRefs } from "../store/ref-transaction.ts";
import { listRefs } from "../store/refs.ts";
import { withoutSecrets } from "../sync/remote-url.ts";
import { addRemote, listRemotes, removeRemote, trackingRef } from "../sync/remotes.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import type { ExitStatus } from "./exit-status.ts";
import { requireStore } from "./store-of.ts";
import { commandFor, identitiesOf } from "./sync-context.ts";
import { columns } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[action] [name] [url]",
  builder: (parser) =>
    parser
      .positional("action", { type: "string", choices: ["list", "add", "remove"], describe: "list if not given" })
      .positional("name", { type: "string", describe: "The remote" })
      .positional("url", { type: "string", describe: "Where it is: http(s), ssh, host:path, or a local path" })
      .example("$0 add origin https://github.com/team/saves.git", "any git host; it need not know SHA-256")
      .example("$0", "list remotes"),
  handler: (args, context) => {
    const { action = "list", name, url } = args;
    if (action === "list") return list(context);
    if (name === undefined) throw new VibesafeUsageError("which remote?", { remedy: `name it, as in \`vibe remote ${action} origin${action === "add" ? " URL" : ""}\`` });
    return action === "add" ? add(context, name, url) : remove(context, name);
  },
});

function list(context: Context): ExitStatus {
  const store = context.store();
  const remotes = store === undefined ? [] : listRemotes(store).map(({ name, url }) => ({ name, url: withoutSecrets(url) }));
  context.document({ remotes });
  for (const line of columns(remotes.map(({ name, url }) => [name, url]))) context.say(line);
  return 0;
}

function add(context: Context, name: string, url: string | undefined): ExitStatus {
  if (url === undefined) throw new VibesafeUsageError("where is it?", { remedy: `give its URL, as in \`vibe remote add ${name} https://…\`` });
  const { root, storeDir } = context.project();
  const store = context.store() ?? initStore(storeDir);
  const { remote, stripped } = addRemote(store, name, url, { root, folder: context.folder });
  context.document({ added: remote });
  context.say(`${remote.name} is ${remote.url}`);
  if (stripped) context.warn("the URL's user and password were left out: they are not written down. Use a git credential helper, or VIBESAFE_TOKEN with VIBESAFE_TOKEN_HOST");
  return 0;
}

/** What is remembered of the remote goes with it: it is known no more what it showed last. */
function remove(context: Context, name: string): ExitStatus {
  const store = requireStore(context);
  const remote = removeRemote(store, name);
  const forgotten = listRefs(store, trackingRef(name, "")).map((ref) => ref.name);
  const { committer: who } = identitiesOf(context, context.project().root);
  if (forgotten.length > 0) updateRefs(store, forgotten.map((ref) => ({ name: ref, to: null })), { who, message: commandFor(context) });
  context.document({ removed: { ...remote, url: withoutSecrets(remote.url) }, forgotten });
  context.say(`removed ${name}; what was fetched stays in the store until \`vibe gc\``);
  return 0;
}
