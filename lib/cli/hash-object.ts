/**
 * `vibe hash-object`: the id that content has, and, with -w, the object (git-hash-object(1)).
 *
 * @module
 */

import { readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { VibesafeStoreError, VibesafeUsageError } from "../errors.ts";
import { parseCommit } from "../store/commit.ts";
import { hashObject, OBJECT_TYPES, type ObjectId, type ObjectType } from "../store/id.ts";
import { initStore } from "../store/init.ts";
import { parseTag } from "../store/tag.ts";
import { parseTree } from "../store/tree.ts";
import { hashBlobFile, hashBlobFrom, writeBlobFile, writeBlobFrom } from "../store/stream-write.ts";
import { writeObject } from "../store/write.ts";
import { defineCommand, type Command } from "./command.ts";
import { inputLines, readInput, readShortInput } from "./input.ts";

/** Blobs of this size are never held whole. */
const IN_PIECES = 1 << 24;

export const command: Command = defineCommand({
  positionals: "[files..]",
  builder: (parser) =>
    parser
      .positional("files", { type: "string", array: true, describe: "Files to hash" })
      .option("t", { type: "string", choices: OBJECT_TYPES, requiresArg: true, describe: "Type of the object; blob if not given" })
      .option("w", { type: "boolean", describe: "Write the object into the store" })
      .option("stdin", { type: "boolean", describe: "Hash what is piped in, before any file" })
      .option("stdin-paths", { type: "boolean", describe: "Read the names of files from the input, one a line" })
      .conflicts("stdin", "stdin-paths")
      .example("$0 -w notes.md", "store a file as a blob, and print its id"),
  handler: async (args, context): Promise<0> => {
    const type = args.t ?? "blob";
    const store = args.w === true ? initStore(context.project().storeDir) : undefined;
    const objects: { id: ObjectId; path: string | null }[] = [];
    const say = (id: ObjectId, path: string | null): void => {
      objects.push({ id, path });
      context.say(id);
    };
    const add = (payload: Uint8Array, path: string | null): void => {
      check(type, payload, path);
      say(store === undefined ? hashObject(type, payload) : writeObject(store, type, payload), path);
    };
    const files = args.files ?? [];
    if (args.stdin !== true && args.stdinPaths !== true && files.length === 0) throw new VibesafeUsageError("what to hash?", { remedy: "name files, or pipe content to `vibe hash-object --stdin`" });
    const addFile = async (file: string): Promise<void> => {
      const path = resolve(context.folder, file);
      if (type !== "blob" || (statSync(path, { throwIfNoEntry: false })?.size ?? 0) < IN_PIECES) return add(readFile(path, file), file);
      say(store === undefined ? hashBlobFile(path) : await writeBlobFile(store, path), file);
    };
    if (args.stdin === true) {
      const input = type === "blob" ? await readShortInput(context.io, IN_PIECES) : await readInput(context.io);
      if (input instanceof Uint8Array) add(input, null);
      else say(store === undefined ? await hashBlobFrom(input, tmpdir()) : await writeBlobFrom(store, input), null);
    }
    for (const file of files) await addFile(file);
    if (args.stdinPaths === true) for await (const line of inputLines(context.io)) await addFile(line);
    context.document({ objects });
    return 0;
  },
});

/** What no object of its type may hold is not written: it would be damage. */
function check(type: ObjectType, payload: Uint8Array, path: string | null): void {
  try {
    if (type === "tree") parseTree(payload);
    else if (type === "commit") parseCommit(payload);
    else if (type === "tag") parseTag(payload);
  } catch (error) {
    if (!(error instanceof VibesafeStoreError)) throw error;
    throw new VibesafeUsageError(`${path ?? "what was piped in"} is no ${type}: ${error.message}`, { cause: error, remedy: `give the content of a ${type} as \`git cat-file ${type}\` prints it` });
  }
}

function readFile(path: string, file: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new VibesafeUsageError(`cannot read ${file}: ${String(error.code)}`, { cause: error, remedy: "name a file that can be read" });
  }
}
