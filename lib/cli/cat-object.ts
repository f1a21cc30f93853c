/**
 * `vibe cat-object`, alias `cat-file`: git's flags and output (git-cat-file(1)).
 *
 * @module
 */

import { VibesafeStoreError, VibesafeUsageError } from "../errors.ts";
import { cborMap, readable } from "../history/object-text.ts";
import { peelTo, peelTags } from "../history/peel.ts";
import { resolveObject } from "../history/revision.ts";
import { isAmbiguous } from "../history/short-id.ts";
import { OBJECT_TYPES, parseId, type BlobId, type ObjectId, type ObjectType } from "../store/id.ts";
import { readObjectHead } from "../store/read-head.ts";
import { hasObject, readObject, tryReadObject, type StoredObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { readBlobTo } from "../store/stream-read.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { inputLines } from "./input.ts";
import { requireStore } from "./store-of.ts";

const USAGE = "write it as in `vibe cat-object -p REV`, `vibe cat-object blob REV:path` or `vibe cat-object --batch`";

export const command: Command = defineCommand({
  positionals: "[args..]",
  builder: (parser) =>
    parser
      .positional("args", { type: "string", array: true, describe: "An object; before it, without -t -s -p -e, its type" })
      .option("t", { type: "boolean", describe: "Print the type" })
      .option("s", { type: "boolean", describe: "Print the size in bytes" })
      .option("p", { type: "boolean", describe: "Print the content, CBOR as JSON and a tree as lines" })
      .option("e", { type: "boolean", describe: "Print nothing; exit 1 when the object is absent" })
      .option("batch", { type: "string", describe: "Print every object that a line of the input names; =FORMAT as in git" })
      .option("batch-check", { type: "string", describe: "The same without the contents" })
      .example("$0 -p src.hello/greet:checkpoint/impl.ts", "the code that is active"),
  plain: ({ flag, words }) => ({ t: flag("t"), s: flag("s"), p: flag("p"), e: flag("e"), args: words() }),
  handler: async (args, context) => {
    const store = requireStore(context);
    if (context.json && (args.batch !== undefined || args.batchCheck !== undefined)) throw new VibesafeUsageError("--batch prints no JSON", { remedy: "leave out --json, or name one object" });
    const format = args.batch ?? args.batchCheck;
    if (format !== undefined) return batch(context, store, { format: format || "%(objectname) %(objecttype) %(objectsize)", contents: args.batch !== undefined });
    const modes = [args.t, args.s, args.p, args.e].filter((mode) => mode === true).length;
    const [first, second, ...more] = args.args ?? [];
    const name = modes === 1 ? first : second;
    if (modes > 1 || name === undefined || more.length > 0 || (modes === 1 && second !== undefined)) throw new VibesafeUsageError("what to print of which object?", { remedy: USAGE });
    const id = resolveObject(store, name);
    if (args.e === true) return hasObject(store, id) ? 0 : 1;
    const found = look(store, modes === 0 && first === "blob" ? peelTags(store, id).id : id);
    if (isLarge(found) && !context.json && (modes === 0 ? first === "blob" : args.p === true)) {
      await readBlobTo(store, found.id, (chunk) => printPiece(context, chunk));
      return 0;
    }
    if (isLarge(found) && modes > 0 && args.p !== true) {
      context.document({ id, type: found.type, size: found.size });
      context.say(args.t === true ? found.type : String(found.size));
      return 0;
    }
    if (modes === 0) {
      const content = contentAs(store, id, first ?? "");
      context.document({ id, type: first, size: content.length, content: Buffer.from(content).toString("utf8") });
      if (!context.json) context.io.outBytes(content);
      return 0;
    }
    const object = found === undefined || isLarge(found) ? readObject(store, id) : found;
    context.document({ id, type: object.type, size: object.payload.length, ...(args.p === true && { content: documentOf(object) }) });
    if (args.t === true) context.say(object.type);
    else if (args.s === true) context.say(String(object.payload.length));
    else if (!context.json) context.io.outBytes(readable(object));
    return 0;
  },
});

/** Larger blobs are read, verified and printed in pieces; type and size are told from what they say of themselves. */
const IN_PIECES = 1 << 24;

interface LargeBlob {
  readonly id: BlobId;
  readonly type: "blob";
  readonly size: number;
}

/** An object, verified, or that it is large; undefined when it is missing. */
function look(store: Store, id: ObjectId): StoredObject | LargeBlob | undefined {
  try {
    return tryReadObject(store, id, IN_PIECES);
  } catch (error) {
    if (!(error instanceof VibesafeStoreError)) throw error;
    const head = readObjectHead(store, id);
    if (head === undefined || head.size <= IN_PIECES) throw error;
    return head.type === "blob" ? { id: parseId<"blob">(id), type: "blob", size: head.size } : readObject(store, id);
  }
}

function isLarge(object: StoredObject | LargeBlob | undefined): object is LargeBlob {
  return object !== undefined && !("payload" in object);
}

async function printPiece({ io }: Context, chunk: Uint8Array): Promise<void> {
  io.outBytes(Uint8Array.from(chunk));
  await io.drained?.();
}

/** The content as it is, of what `id` stands for as a `type`. */
function contentAs(store: Store, id: ObjectId, type: string): Uint8Array {
  if (!OBJECT_TYPES.some((known) => known === type)) throw new VibesafeUsageError(`${JSON.stringify(type)} is no type of object`, { remedy: USAGE });
  const wanted = peelFor(store, id, type as ObjectType);
  const object = readObject(store, wanted);
  if (object.type !== type) throw new VibesafeUsageError(`${id} is a ${object.type}, not a ${type}`, { remedy: USAGE });
  return object.payload;
}

function peelFor(store: Store, id: ObjectId, type: ObjectType): ObjectId {
  if (type === "tag") return id;
  return type === "blob" ? peelTags(store, id).id : (peelTo(store, id, type) ?? id);
}

function documentOf(object: StoredObject): unknown {
  const cbor = object.type === "blob" ? cborMap(object.payload) : undefined;
  return cbor ?? Buffer.from(readable(object)).toString("utf8");
}

interface Batch {
  readonly format: string;
  readonly contents: boolean;
}

async function batch(context: Context, store: Store, { format, contents }: Batch): Promise<0> {
  const splits = format.includes("%(rest)");
  for await (const line of inputLines(context.io)) {
    const [, name = line, rest = ""] = (splits ? /^(\S+)\s*(.*)$/.exec(line) : undefined) ?? [];
    const id = idNamed(store, name);
    const object = id === "missing" || id === "ambiguous" ? undefined : look(store, id);
    if (object === undefined) {
      context.io.out(`${name} ${id === "ambiguous" ? id : "missing"}\n`);
      continue;
    }
    const size = isLarge(object) ? object.size : object.payload.length;
    const values: Readonly<Record<string, string>> = { objectname: id, objecttype: object.type, objectsize: String(size), rest };
    let head = `${format.replaceAll(/%\(([a-z:]+)\)/g, (_, atom: string) => values[atom] ?? unknownAtom(atom))}\n`;
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
  throw new VibesafeUsageError(`unknown %(${atom})`, { remedy: "objectname, objecttype, objectsize and rest are known" });
}
