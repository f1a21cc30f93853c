/**
 * `vibe cat-object`, alias `cat-file`: git's flags and output (git-cat-file(1)).
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { cborMap, readable } from "../history/object-text.ts";
import { peelTo, peelTags } from "../history/peel.ts";
import { resolveObject } from "../history/revision.ts";
import { OBJECT_TYPES, type ObjectId, type ObjectType } from "../store/id.ts";
import { listObjects } from "../store/object-on-disk.ts";
import { hasObject, readObject, type StoredObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { readBlobTo } from "../store/stream-read.ts";
import { batch } from "./cat-batch.ts";
import { defineCommand, type Command } from "./command.ts";
import { inputLines } from "./input.ts";
import { isLarge, look, printPiece } from "./large-blob.ts";
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
      .option("batch-all-objects", { type: "boolean", describe: "With either: every object of the store instead of what the input names" })
      .example("$0 -p src.hello/greet:checkpoint/impl.ts", "the code that is active"),
  optional: ["batch", "batch-check"],
  plain: ({ flag, words }) => ({ t: flag("t"), s: flag("s"), p: flag("p"), e: flag("e"), args: words() }),
  handler: async (args, context) => {
    const store = requireStore(context);
    if (context.json && (args.batch !== undefined || args.batchCheck !== undefined)) throw new VibesafeUsageError("--batch prints no JSON", { remedy: "leave out --json, or name one object" });
    const format = args.batch ?? args.batchCheck;
    if (args.batchAllObjects === true && format === undefined) throw new VibesafeUsageError("--batch-all-objects needs --batch or --batch-check", { remedy: "write it as in `vibe cat-object --batch-all-objects --batch-check`" });
    if (format !== undefined) {
      const given = [args.t, args.s, args.p, args.e, args.args?.[0]].some((value) => value !== undefined && value !== false);
      if (given || (args.batch !== undefined && args.batchCheck !== undefined)) throw new VibesafeUsageError("--batch and --batch-check stand alone", { remedy: "pipe the names in, one a line" });
      return batch(context, store, { format: format || "%(objectname) %(objecttype) %(objectsize)", contents: args.batch !== undefined, names: args.batchAllObjects === true ? listObjects(store) : inputLines(context.io) });
    }
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
