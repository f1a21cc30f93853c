/**
 * `vibe ls-tree`, with git's flags and output (git-ls-tree(1)).
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { quotePath, treeLine, typeOfMode } from "../history/object-text.ts";
import { peelTo } from "../history/peel.ts";
import { resolveObject } from "../history/revision.ts";
import { abbreviate } from "../history/short-id.ts";
import { listTree, type ListedEntry } from "../history/tree-list.ts";
import { readObject } from "../store/read.ts";
import { defineCommand, type Command } from "./command.ts";
import { digitsOf } from "./optional-value.ts";
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
      .option("name-only", { alias: "name-status", type: "boolean", describe: "Paths alone" })
      .option("object-only", { type: "boolean", describe: "Ids alone" })
      .option("z", { type: "boolean", describe: "End lines with NUL, and leave paths as they are" })
      .option("abbrev", { type: "string", describe: "Short ids; =N for at least N digits" })
      .option("full-name", { alias: "full-tree", type: "boolean", describe: "Paths from the root, as they always are here" })
      .conflicts("name-only", "object-only")
      .example("$0 -r src.hello/greet", "every part of the active save"),
  optional: ["abbrev"],
  plain: ({ flag, words }) => {
    const flags = { z: flag("z"), r: flag("r"), t: flag("t"), d: flag("d"), l: flag("l", "long"), nameOnly: flag("name-only", "name-status"), objectOnly: flag("object-only") };
    const [rev, ...paths] = words() ?? [];
    return { ...flags, rev, paths };
  },
  handler: (args, context) => {
    if (args.rev === undefined) throw new VibesafeUsageError("which tree?", { remedy: "write it as in `vibe ls-tree -r src.hello/greet`" });
    const store = requireStore(context);
    const tree = peelTo(store, resolveObject(store, args.rev, "tree"), "tree");
    if (tree === undefined) throw new VibesafeUsageError(`${args.rev} is no tree`, { remedy: "name a tree, a save or a tag" });
    const entries = [...listTree(store, tree, { recursive: args.r === true, folders: args.t === true || (args.r === true && args.d === true), onlyFolders: args.d === true, paths: args.paths ?? [] })];
    const sizeOf = ({ mode, id }: ListedEntry): string => (typeOfMode(mode) === "blob" ? String(readObject(store, id).payload.length) : "-");
    context.document({ entries: entries.map((entry) => ({ mode: entry.mode.padStart(6, "0"), type: typeOfMode(entry.mode), id: entry.id, path: entry.path, ...(args.l === true && { size: sizeOf(entry) }) })) });
    if (context.json) return 0;
    const digits = digitsOf("--abbrev", args.abbrev);
    const idOf = ({ id }: ListedEntry): string => (args.abbrev === undefined ? id : abbreviate(store, id, digits));
    const lineOf = (entry: ListedEntry): string => {
      const path = args.z === true ? entry.path : quotePath(entry.path);
      if (args.nameOnly === true) return path;
      if (args.objectOnly === true) return idOf(entry);
      return `${treeLine({ mode: entry.mode, id: idOf(entry) })}${args.l === true ? ` ${sizeOf(entry).padStart(7)}` : ""}\t${path}`;
    };
    const end = args.z === true ? "\0" : "\n";
    context.io.out(entries.map((entry) => lineOf(entry) + end).join(""));
    return 0;
  },
});
