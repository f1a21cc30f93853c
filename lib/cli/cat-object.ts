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
import { OBJECT_TYPES, parseId, type ObjectId, type ObjectType } from "../store/id.ts";
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
    if (modes === 0) {
      if (first === "blob" && !context.json && isLarge(store, id)) {
        await readBlobTo(store, parseId<"blob">(id), (chunk) => context.io.outBytes(Uint8Array.from(chunk)));
        return 0;
      }
      const content = contentAs(store, id, first ?? "");
      context.document({ id, type: first, size: content.length, content: Buffer.from(content).toString("utf8") });
      if (!context.json) context.io.outBytes(content);
      return 0;
    }
    const object = readObject(store, id);
    context.document({ id, type: object.type, size: object.payload.length, ...(args.p === true && { content: documentOf(object) }) });
    if (args.t === true) context.say(object.type);
    else if (args.s === true) context.say(String(object.payload.length));
    else if (!context.json) context.io.outBytes(readable(object));
    return 0;
  },
});

/** Blobs of this size are read, verified and printed in pieces. */
const IN_PIECES = 1 << 24;

function isLarge(store: Store, id: ObjectId): boolean {
  try {
    tryReadObject(store, id, IN_PIECES);
    return false;
  } catch (error) {
    // Too large, or damaged: whoever reads it in pieces says which.
    if (error instanceof VibesafeStoreError) return true;
    throw error;
  }
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
    const found = look(store, name);
    if (typeof found === "string") {
      context.io.out(`${name} ${found}\n`);
      continue;
    }
    const { id, type, payload } = found;
    const values: Readonly<Record<string, string>> = { objectname: id, objecttype: type, objectsize: String(payload.length), rest };
    context.io.out(`${format.replaceAll(/%\(([a-z:]+)\)/g, (_, atom: string) => values[atom] ?? unknownAtom(atom))}\n`);
    if (contents) {
      context.io.outBytes(payload);
      context.io.out("\n");
    }
  }
  return 0;
}

function look(store: Store, name: string): (StoredObject & { readonly id: ObjectId }) | "missing" | "ambiguous" {
  if (isAmbiguous(store, name)) return "ambiguous";
  try {
    const id = resolveObject(store, name);
    const object = tryReadObject(store, id);
    return object === undefined ? "missing" : { ...object, id };
  } catch (error) {
    // A name that leads nowhere is an answer here; damage is none.
    if (error instanceof VibesafeUsageError) return "missing";
    throw error;
  }
}

function unknownAtom(atom: string): never {
  throw new VibesafeUsageError(`unknown %(${atom})`, { remedy: "objectname, objecttype, objectsize and rest are known" });
}
