/**
 * `vibe clone`
 *
 * @module
 */

import { existsSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { VibesafeUsageError } from "../errors.ts";
import { CONFIG_FILE, openProject } from "../project/project.ts";
import { openStore } from "../store/store.ts";
import { cloneStore } from "../sync/clone.ts";
import { folderNameOf } from "../sync/remote-url.ts";
import { DEFAULT_REMOTE } from "../sync/remotes.ts";
import { defineCommand, type Command } from "./command.ts";
import { reportPull } from "./pull.ts";
import { commandFor, identitiesOf } from "./sync-context.ts";

export const command: Command = defineCommand({
  positionals: "[url] [dir]",
  builder: (parser) =>
    parser
      .positional("url", { type: "string", describe: "Where it is: http(s), ssh, host:path, or a local path" })
      .positional("dir", { type: "string", describe: "The folder to make, or a project without saves; named for the URL if not given" })
      .example("$0 https://github.com/team/saves.git .", "the saves of a project whose sources are here")
      .example("$0 /srv/saves.git copy", "a new folder"),
  plain: ({ words }) => {
    const [url, dir] = words(2) ?? [];
    return { url, dir };
  },
  handler: async (args, context) => {
    const { url } = args;
    if (url === undefined) throw new VibesafeUsageError("clone what?", { remedy: "give a URL, as in `vibe clone https://…`" });
    const name = args.dir ?? folderNameOf(url);
    if (name === undefined) throw new VibesafeUsageError("the URL names no folder", { remedy: "name one, as in `vibe clone URL saves`" });
    const dir = resolve(context.folder, name);
    const isProject = existsSync(join(dir, CONFIG_FILE));
    const { root, storeDir } = isProject ? openProject(dir) : { root: existsSync(dir) ? realpathSync(dir) : dir, storeDir: join(dir, ".vibesafe") };
    const { io, folder } = context;
    const identities = identitiesOf(context, existsSync(root) ? root : folder);
    const onMessage = (line: string): void => io.err(`remote: ${line}\n`);
    const pulled = await cloneStore({ url, storeDir, root, folder, identities, env: io.env, who: identities.committer, command: commandFor(context), interactive: io.errIsTerminal, signal: io.signal, onMessage });
    const status = await reportPull(context, openStore(storeDir), DEFAULT_REMOTE, pulled);
    if (!isProject) context.say(`The store is at ${storeDir}; \`vibe init\` in ${dir} makes a project around it.`);
    return status;
  },
});
