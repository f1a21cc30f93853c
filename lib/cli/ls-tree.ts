/**
 * `vibe ls-tree`, with git's flags and output (git-ls-tree(1)).
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { quotePath, treeLine, typeOfMode } from "../history/object-text.ts";
import { peelTo } from "../history/peel.ts";
import { resolveObject } from "../history/revision.ts";
import { listTree, type ListedEntry } from "../history/tree-list.ts";
import { readObject } from "../store/read.ts";
import { defineCommand, type Command } from "./command.ts";
import { requireStore } from "./store-of.ts";

export const command: Command = defineCommand({
  positionals: "[rev] [paths..]",
  builder: (parser) =>
    parser
      .positional("rev", { type: "string", describe: "A tree, or a commit for its tree" })
      .positional("paths", { type: "string", array: true, describe: "Show what lies at or below these" })
      .option("r", { type: "boolean", describe: "Go into folders" })
      .option("t", { type: "boolean", describe: "Show folders that are gone into" })
      .option("d", { type: "boolean", describe: "Show folders alone" })
      .option("l", { alias: "long", type: "boolean", describe: "Show sizes of blobs" })
      .option("name-only", { type: "boolean", describe: "Paths alone" })
      .option("object-only", { type: "boolean", describe: "Ids alone" })
      .conflicts("name-only", "object-only")
      .example("$0 -r src.hello/greet", "every part of the active save"),
  plain: ({ flag, words }) => {
    const flags = { r: flag("r"), t: flag("t"), d: flag("d"), l: flag("l", "long"), nameOnly: flag("name-only"), objectOnly: flag("object-only") };
    const [rev, ...paths] = words() ?? [];
    return { ...flags, rev, paths };
  },
  handler: (args, context) => {
    if (args.rev === undefined) throw new VibesafeUsageError("which tree?", { remedy: "write it as in `vibe ls-tree -r src.hello/greet`" });
    const store = requireStore(context);
    const tree = peelTo(store, resolveObject(store, args.rev, "tree"), "tree");
    if (tree === undefined) throw new VibesafeUsageError(`${args.rev} is no tree`, { remedy: "name a tree, a save or a tag" });
    const entries = [...listTree(store, tree, { recursive: args.r === true, folders: args.t === true, onlyFolders: args.d === true, paths: args.paths ?? [] })];
    const sizeOf = ({ mode, id }: ListedEntry): string => (typeOfMode(mode) === "blob" ? String(readObject(store, id).payload.length) : "-");
    context.document({ entries: entries.map((entry) => ({ mode: entry.mode.padStart(6, "0"), type: typeOfMode(entry.mode), id: entry.id, path: entry.path, ...(args.l === true && { size: sizeOf(entry) }) })) });
    for (const entry of entries) {
      const line = treeLine(entry, entry.path);
      if (args.nameOnly === true) context.say(quotePath(entry.path));
      else if (args.objectOnly === true) context.say(entry.id);
      else context.say(args.l === true ? line.replace("\t", ` ${sizeOf(entry).padStart(7)}\t`) : line);
    }
    return 0;
  },
});
