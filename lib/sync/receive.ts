/**
 * Taking objects from a host into the store: translated back, each named anew by its SHA-256, and compared with what was claimed
 * before any of it is seen.
 *
 * @module
 */

import { VibesafeHashMismatch, VibesafeStoreError, type VibesafeError } from "../errors.ts";
import { parseCommit } from "../store/commit.ts";
import { mark, type Marks } from "../store/gc-mark.ts";
import { hashObject, parseId, type ObjectId, type ObjectType } from "../store/id.ts";
import { writePack, type PackItem } from "../store/pack-write.ts";
import { hasSavedObject, readObject } from "../store/read.ts";
import { refreshSources } from "../store/sources.ts";
import { areaDir, type Store } from "../store/store.ts";
import { formatStored } from "../store/stored.ts";
import { parseTag } from "../store/tag.ts";
import { parseTree } from "../store/tree.ts";
import { fromHost, namedOnHost, type Named } from "./host-object.ts";
import { receivePack, type HostEntry, type ReceivedPack } from "./host-pack-read.ts";
import { LARGEST_STORED } from "./host-pack-write.ts";
import { deflateSmall } from "./deflate-small.ts";
import { createSpool, type Spool } from "./spool.ts";
import type { IdMap } from "./id-map.ts";
import type { HostId, ObjectFormat } from "./object-format.ts";

export interface Taking {
  readonly format: ObjectFormat;
  readonly map: IdMap;
  /** What must be there afterwards. */
  readonly tips: readonly HostId[];
  /** Commits and tags of this store that the host was told of: these are whole. */
  readonly whole: ReadonlySet<ObjectId>;
  /** Whether the host says that its history is cut off. */
  readonly shallow: boolean;
  /** Called when everything is named and nothing is visible yet; throws where what came is not what was claimed. */
  readonly check: (idOf: (id: HostId) => ObjectId) => void;
}

/**
 * Reads a pack and puts what it holds into the store as one pack.
 *
 * @returns the store's name of each host object that it learned
 * @throws VibesafeHashMismatch when anything is missing, too much, or not what was claimed; then the store is as it was
 */
export async function takePack(store: Store, parts: AsyncIterable<Uint8Array>, taking: Taking): Promise<number> {
  const { format, map } = taking;
  const spool = createSpool(store);
  const pack = await receivePack(store, parts, {
    format,
    onObject: (id, type, payload) => {
      if (type === "blob") return { own: format.name === "sha256" ? asOwn(id) : hashObject("blob", payload), text: undefined };
      return { own: undefined, text: { at: spool.append(payload), length: payload.length } };
    },
  }).catch((error: unknown) => {
    spool.discard();
    throw error;
  });
  try {
    const translation = new Translation(store, { ...taking, pack, spool });
    if (pack.objects.size === 0) translation.finish();
    else {
      writePack(store, areaDir(store, "objects"), pack.objects.size, translation.items());
      refreshSources(store);
    }
    if (format.name === "sha1") for (const { id, own } of pack.objects.values()) if (own !== undefined) map.add(own, id);
    return pack.objects.size;
  } finally {
    pack.discard();
    spool.discard();
  }
}

interface Received extends Taking {
  readonly pack: ReceivedPack;
  readonly spool: Spool;
}

/** An object of the pack that waits for those that it names. */
interface Step {
  readonly entry: HostEntry;
  names?: readonly Named<HostId>[];
  text?: Uint8Array;
}

/** Stands for a text that is read again when its turn comes. */
const WAITING = new Uint8Array();

/** One pack on its way into the store. */
class Translation {
  readonly #store: Store;
  readonly #received: Received;
  /** What the pack leans on without holding it. */
  readonly #edge = new Map<ObjectId, ObjectType>();

  constructor(store: Store, received: Received) {
    this.#store = store;
    this.#received = received;
  }

  /** Every object of the pack, contents before what names them; the last step is the check. */
  *items(): Generator<PackItem> {
    const { tips, pack } = this.#received;
    for (const tip of tips) yield* this.#from(tip);
    const strays = [...pack.objects.values()].filter(({ made }) => !made);
    if (strays[0] !== undefined) throw lie(`the host sent ${strays[0].id} and ${strays.length - 1} other objects that no ref leads to`);
    this.finish();
  }

  finish(): void {
    for (const tip of this.#received.tips) this.#idOf(tip);
    this.#checkEdge();
    this.#received.check((id) => this.#idOf(id));
  }

  *#from(tip: HostId): Generator<PackItem> {
    const { pack } = this.#received;
    const first = pack.objects.get(tip);
    const stack: Step[] = first === undefined ? [] : [{ entry: first }];
    for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
      const { entry } = step;
      if (entry.made) {
        stack.pop();
        continue;
      }
      if (step.text === undefined && entry.text !== undefined) {
        const text = this.#textOf(entry);
        const before = stack.length;
        const names = named(entry.id, () => namedOnHost(this.#received.format, entry.type, text));
        for (const { id, type } of names) {
          const part = pack.objects.get(id);
          if (part !== undefined && part.type !== type) throw lie(`${entry.id} names ${id} as a ${type}, the host sent a ${part.type}`);
          if (part === undefined) this.#edge.set(this.#idOf(id, entry.id), type);
          // Files name nothing: they need not wait.
          else if (!part.made && type === "blob") yield this.#makeFile(part);
          else if (!part.made) stack.push({ entry: part });
        }
        step.names = names;
        // What is to be done at once needs no second reading.
        step.text = stack.length > before ? WAITING : text;
        if (stack.length > before) continue;
      }
      yield entry.text === undefined ? this.#makeFile(entry) : this.#make(entry, step.text === undefined || step.text === WAITING ? this.#textOf(entry) : step.text, step.names ?? []);
      stack.pop();
    }
  }

  #textOf({ id, text }: HostEntry): Uint8Array {
    if (text === undefined) throw new TypeError(`${id} is a file`);
    return this.#received.spool.read(text.at, text.length);
  }

  #makeFile(entry: HostEntry): PackItem {
    const { own: id, size, base } = entry;
    if (id === undefined) throw new TypeError(`${entry.id} was not named`);
    entry.made = true;
    // Files are the same here, so a delta of one is as good as it was there.
    return { id, type: "blob", payload: { size, stream: this.#received.pack.stream(entry), base: base?.own } };
  }

  #make(entry: HostEntry, text: Uint8Array, names: readonly Named<HostId>[]): PackItem {
    const { type } = entry;
    const payload = named(entry.id, () => {
      const bytes = fromHost(this.#received.format, { type, payload: text }, names, (id) => this.#idOf(id, entry.id));
      checkForm(type, bytes);
      return bytes;
    });
    const id: ObjectId = hashObject(type, payload);
    entry.own = id;
    entry.made = true;
    // Hashes for the most part: compressing a tree makes nothing but time.
    const stream = type === "tree" && payload.length < LARGEST_STORED ? formatStored([payload]) : deflateSmall(payload);
    return { id, type, payload: { size: payload.length, stream } };
  }

  /** The store's name of an object of the host: of this pack, or known from before. */
  #idOf(hostId: HostId, by?: HostId): ObjectId {
    const { format, map, shallow, pack } = this.#received;
    const entry = pack.objects.get(hostId);
    if (entry?.made === true && entry.own !== undefined) return entry.own;
    const known = format.name === "sha256" ? asOwn(hostId) : map.ownId(hostId);
    if (known !== undefined && hasSavedObject(this.#store, known)) return known;
    const where = by === undefined ? "which a ref holds" : `which ${by} names`;
    if (shallow) throw new VibesafeHashMismatch(`the host has cut its history off: it lacks ${hostId}, ${where}, so nothing behind it can be verified`, { remedy: "run `git fetch --unshallow` in the host's repository" });
    throw lie(`the host did not send ${hostId}, ${where}`);
  }

  /** What is not in the pack must be here with all that it leads to, as what a ref holds is. */
  #checkEdge(): void {
    const { whole } = this.#received;
    const marks: Marks = new Map();
    const loose = [...this.#edge.keys()].filter((id) => !whole.has(id));
    for (const id of loose) {
      const { type } = readObject(this.#store, id);
      if (type !== this.#edge.get(id)) throw lie(`the host names ${id} as a ${this.#edge.get(id)}, and it is a ${type}`);
    }
    const known = new Map([...whole].map((id) => [id, { type: "commit" as const, path: "" }]));
    mark(this.#store, loose, marks, { known, lenient: false });
  }
}

/** What git's fsck refuses must not get in. */
function checkForm(type: ObjectType, payload: Uint8Array): void {
  if (type === "tree") parseTree(payload);
  if (type === "commit") parseCommit(payload);
  if (type === "tag") parseTag(payload);
}

function named<Value>(id: HostId, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof VibesafeStoreError)) throw error;
    throw new VibesafeHashMismatch(`${id} from the host: ${error.message}`, { cause: error, remedy: "nothing was moved here; have whoever pushed it look at it" });
  }
}

/** Where the host speaks SHA-256, its names are ours. */
function asOwn(id: HostId): ObjectId {
  return parseId(id);
}

/** The error for a host whose answer cannot be true. */
export function lie(what: string): VibesafeError {
  return new VibesafeHashMismatch(what, { remedy: "nothing was moved here. Run the command again; if it stays so, do not trust the host, and ask whoever pushed last" });
}
