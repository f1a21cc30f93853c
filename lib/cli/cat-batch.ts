/**
 * `vibe cat-object --batch`: many objects, each told in a format (git-cat-file(1), "BATCH OUTPUT").
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { resolveObject } from "../history/revision.ts";
import { isAmbiguous } from "../history/short-id.ts";
import type { ObjectId } from "../store/id.ts";
import { objectOnDisk } from "../store/object-on-disk.ts";
import { NULL_ID } from "../store/reflog.ts";
import type { Store } from "../store/store.ts";
import { readBlobTo } from "../store/stream-read.ts";
import type { Context } from "./context.ts";
import { isLarge, look, printPiece } from "./large-blob.ts";

export interface Batch {
  readonly format: string;
  readonly contents: boolean;
  readonly names: Iterable<string> | AsyncIterable<string>;
}

export async function batch(context: Context, store: Store, { format, contents, names }: Batch): Promise<0> {
  const splits = format.includes("%(rest)");
  const looksAtDisk = /%\((?:objectsize:disk|deltabase)\)/.test(format);
  for await (const line of names) {
    const [, name = line, rest = ""] = (splits ? /^(\S+)\s*(.*)$/.exec(line) : undefined) ?? [];
    const named = idNamed(store, name);
    const id = named === "missing" || named === "ambiguous" ? undefined : named;
    const object = id === undefined ? undefined : look(store, id);
    if (id === undefined || object === undefined) {
      context.io.out(`${name} ${named === "ambiguous" ? named : "missing"}\n`);
      continue;
    }
    const size = isLarge(object) ? object.size : object.payload.length;
    const onDisk = looksAtDisk ? objectOnDisk(store, id) : undefined;
    const values: Readonly<Record<string, string>> = { objectname: id, objecttype: object.type, objectsize: String(size), rest, "objectsize:disk": String(onDisk?.bytes ?? 0), deltabase: onDisk?.base ?? NULL_ID };
    let head = `${format.replaceAll(/%\(([^()]*)\)/g, (_, atom: string) => values[atom] ?? unknownAtom(atom))}\n`;
    if (isLarge(object) && contents) {
      await readBlobTo(store, object.id, (chunk) => {
        // The first piece comes when all is verified: of damage not even the head is printed.
        if (head !== "") context.io.out(head);
        head = "";
        return printPiece(context, chunk);
      });
    } else context.io.out(head);
    if (!isLarge(object) && contents) context.io.outBytes(object.payload);
    if (contents) context.io.out("\n");
  }
  return 0;
}

function idNamed(store: Store, name: string): ObjectId | "missing" | "ambiguous" {
  if (isAmbiguous(store, name)) return "ambiguous";
  try {
    return resolveObject(store, name);
  } catch (error) {
    // A name that leads nowhere is an answer here; damage is none.
    if (error instanceof VibesafeUsageError) return "missing";
    throw error;
  }
}

function unknownAtom(atom: string): never {
  throw new VibesafeUsageError(`unknown %(${atom})`, { remedy: "objectname, objecttype, objectsize, objectsize:disk, deltabase and rest are known" });
}
