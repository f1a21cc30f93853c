/**
 * `vibe merge-driver`: git calls it for a file of the store that both sides of a merge changed (gitattributes(5), "Defining a custom
 * merge driver").
 *
 * @module
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { VibesafeError, VibesafeUsageError } from "../errors.ts";
import { noteGaveWay } from "../history/gave-way.ts";
import { mergeObjectFile, mergePackedRefs, mergeRefFile, storeFile, type MergedFile, type StoreFile } from "../history/merge-files.ts";
import { openOverlay } from "../history/merge-overlay.ts";
import { openProjectGit, readBlobs } from "../history/project-git.ts";
import { openStore, storeExists, type Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";

export const command: Command = defineCommand({
  positionals: "[base] [ours] [theirs] [path]",
  builder: (parser) =>
    parser
      .positional("base", { type: "string", describe: "File with what both sides began with (git: %O)" })
      .positional("ours", { type: "string", describe: "File with our side; the result goes there (%A)" })
      .positional("theirs", { type: "string", describe: "File with their side (%B)" })
      .positional("path", { type: "string", describe: "Where the file lies in the repository (%P)" })
      .example("$0 %O %A %B %P", "as `vibe install` tells git to call it; exits 1 where a person must choose"),
  handler: ({ base, ours, theirs, path }, context) => {
    if (base === undefined || ours === undefined || theirs === undefined || path === undefined) {
      throw new VibesafeUsageError("git calls this with four files: %O %A %B %P", { remedy: "run `vibe install`; to settle a conflict, `vibe merge`" });
    }
    const at = storeAt(context.folder, path);
    if (at === undefined) throw new VibesafeUsageError(`${path} lies in no store`, { remedy: "run `vibe install` again: it writes which files belong to a store" });
    const [baseBytes, ourBytes, theirBytes] = [base, ours, theirs].map((file) => readFileSync(resolve(context.folder, file)));
    if (baseBytes === undefined || ourBytes === undefined || theirBytes === undefined) return 2;
    const result = resolve(context.folder, ours);
    if (at.file.kind === "object") {
      const whole = mergeObjectFile(at.file.id, ourBytes, theirBytes);
      if (whole !== undefined) writeFileSync(result, whole);
      context.document({ path, clean: whole !== undefined });
      return whole === undefined ? 1 : 0;
    }
    const merged = mergeText(context, at.store, at.file, { base: baseBytes.toString("utf8"), ours: ourBytes.toString("utf8"), theirs: theirBytes.toString("utf8") });
    writeFileSync(result, merged.text);
    noteGaveWay(at.store, merged.gaveWay ?? []);
    context.document({ path, clean: merged.clean });
    // Git prints what a driver prints, above its own line on the conflict.
    if (!merged.clean) for (const line of merged.text.split("\n").filter((text) => text.startsWith("# "))) context.say(line.slice(2));
    return merged.clean ? 0 : 1;
  },
});

interface Versions {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

function mergeText(context: Context, base: Store, file: Exclude<StoreFile, { kind: "object" }>, versions: Versions): MergedFile {
  const repository = openProjectGit(context.folder, context.io.env);
  const overlay = openOverlay(base, repository);
  try {
    const fetch = (id: Parameters<typeof overlay.fetch>[0]): void => {
      overlay.fetchHistory(id);
      overlay.fetch(id);
    };
    if (file.kind === "ref") return mergeRefFile(overlay.store, file.ref, versions, fetch);
    const prefix = repository.top.length + 1;
    const name = (ref: string): string => join(base.dir, ref).slice(prefix).replaceAll("\\", "/");
    const isShadowed = (side: "ours" | "theirs", ref: string): boolean =>
      side === "ours" ? existsSync(join(base.dir, ref)) : overlay.heads().some((head) => head !== "HEAD" && readBlobs(repository, [`${head}:${name(ref)}`])[0] !== undefined);
    return mergePackedRefs(overlay.store, versions, isShadowed, fetch);
  } catch (error) {
    if (!(error instanceof VibesafeError)) throw error;
    // What cannot be told is for a person: never one side in silence.
    return { clean: false, text: `<<<<<<< ours\n${versions.ours}=======\n${versions.theirs}>>>>>>> theirs\n# ${error.message.slice(0, 500).replaceAll("\n", " ")}\n` };
  } finally {
    overlay.close();
  }
}

/** The store that a path of the repository lies in, and what the path is to it. */
function storeAt(top: string, path: string): { readonly store: Store; readonly file: StoreFile } | undefined {
  const parts = path.split("/");
  for (let length = 0; length < parts.length; length++) {
    const dir = join(top, ...parts.slice(0, length));
    const file = storeFile(parts.slice(length).join("/"));
    if (file !== undefined && storeExists(dir)) return { store: openStore(dir), file };
  }
  return undefined;
}
