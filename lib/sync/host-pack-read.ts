/**
 * Packs from the host: received into one file in `tmp/`, checked as a whole, and every object in them resolved and named.
 *
 * @module
 */

import { closeSync, openSync, rmSync } from "node:fs";
import { VibesafeHashMismatch } from "../errors.ts";
import { applyDelta, DeltaError } from "../store/delta.ts";
import { temporaryPath, writeFully } from "../store/durable.ts";
import { typedError } from "../store/files.ts";
import type { ObjectType } from "../store/id.ts";
import { DamagedBytes, DEFAULT_MAX_SIZE } from "../store/object.ts";
import { closeFile, openFile, readAlone, readRange, type OpenFile } from "../store/open-file.ts";
import { PACK_HEADER_BYTES } from "../store/pack-entry.ts";
import type { Store } from "../store/store.ts";
import { inflateAt, readEntry, readHead, TYPES, type HostEntry } from "./host-pack-entry.ts";
import { hashFor, type HostId, type ObjectFormat } from "./object-format.ts";

export type { HostEntry } from "./host-pack-entry.ts";

export interface ReceivedPack {
  readonly objects: ReadonlyMap<HostId, HostEntry>;
  /** An entry's stream as it stands: the object's own, or that of a delta. */
  stream(entry: HostEntry): Uint8Array;
  /** Removes the file. */
  discard(): void;
}

export interface ReceiveOptions {
  readonly format: ObjectFormat;
  /** Called with every object, once, in no order; gives what is to be remembered of it. */
  readonly onObject: (id: HostId, type: ObjectType, payload: Uint8Array) => Pick<HostEntry, "own" | "text">;
}

/**
 * Receives a pack.
 *
 * @throws VibesafeHashMismatch when it is cut short, damaged, or holds what cannot be resolved
 */
export async function receivePack(store: Store, parts: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<ReceivedPack> {
  const path = temporaryPath(store, "fetch");
  try {
    await writeParts(path, parts);
    const file = openFile(path, "the host's pack");
    if (file === undefined) throw damaged("is gone");
    try {
      return readPack(file, path, options);
    } catch (error) {
      closeFile(file);
      throw error;
    }
  } catch (error) {
    rmSync(path, { force: true });
    if (error instanceof DamagedBytes || error instanceof DeltaError) throw damaged(error.message, error);
    throw error;
  }
}

/** What ends the pack, a hash of all before, is not looked at: every object is hashed here anyway, and must be what a ref leads to. */
async function writeParts(path: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const file = openSync(path, "wx");
  try {
    for await (const part of parts) writeFully(file, part);
  } catch (error) {
    throw typedError("write", path, error);
  } finally {
    closeSync(file);
  }
}

/** A delta whose base is not known yet. */
interface Waiting {
  readonly at: number;
  readonly size: number;
  readonly dataAt: number;
  readonly dataLength: number;
}

type Found = Pick<HostEntry, "type" | "size" | "dataAt" | "dataLength" | "base">;

function readPack(file: OpenFile, path: string, { format, onObject }: ReceiveOptions): ReceivedPack {
  const end = file.size - format.idBytes;
  const head = Buffer.from(readRange(file, 0, Math.min(PACK_HEADER_BYTES, file.size)));
  if (head.length < PACK_HEADER_BYTES || head.toString("latin1", 0, 4) !== "PACK" || head.readUInt32BE(4) !== 2) throw new DamagedBytes("is no pack of version 2");
  const objects = new Map<HostId, HostEntry>();
  const places = new Map<number, HostEntry>();
  const byPlace = new Map<number, Waiting[]>();
  const byName = new Map<HostId, Waiting[]>();
  const take = (at: number, { type, size, dataAt, dataLength, base }: Found, payload: Uint8Array): HostEntry => {
    const id = hashFor(format, type, payload);
    const { own, text } = onObject(id, type, payload);
    const entry: HostEntry = { id, type, size, dataAt, dataLength, base, own, text, made: false };
    objects.set(id, entry);
    places.set(at, entry);
    return entry;
  };
  let at = PACK_HEADER_BYTES;
  for (let left = head.readUInt32BE(8); left > 0; left -= 1) {
    const { code, size, dataAt, baseAt, baseId } = readHead(file, at, end, format);
    const { bytes, consumed } = inflateAt(file, dataAt, end, size);
    const type = TYPES[code];
    const waiting: Waiting = { at, size, dataAt, dataLength: consumed };
    if (type !== undefined) take(at, { type, size, dataAt, dataLength: consumed, base: undefined }, bytes);
    else if (baseAt !== undefined) append(byPlace, baseAt, waiting);
    else if (baseId !== undefined) append(byName, baseId, waiting);
    at = dataAt + consumed;
  }
  if (at !== end) throw new DamagedBytes(`has ${end - at} bytes behind its last object`);
  resolveDeltas(file, end, { objects, places, byPlace, byName, take });
  return {
    objects,
    // Not by way of the file's window: what is asked for next lies elsewhere.
    stream: ({ dataAt, dataLength }) => readAlone(file, dataAt, dataLength),
    discard: () => {
      closeFile(file);
      rmSync(path, { force: true });
    },
  };
}

interface Resolving {
  readonly objects: ReadonlyMap<HostId, HostEntry>;
  readonly places: ReadonlyMap<number, HostEntry>;
  readonly byPlace: Map<number, Waiting[]>;
  readonly byName: Map<HostId, Waiting[]>;
  readonly take: (at: number, found: Found, payload: Uint8Array) => HostEntry;
}

/** From the objects that stand whole to the deltas of them, and to the deltas of those: each base is put together once. */
function resolveDeltas(file: OpenFile, end: number, { objects, places, byPlace, byName, take }: Resolving): void {
  const bases = new Map<HostEntry, Waiting[]>();
  for (const [place, deltas] of byPlace) {
    const base = places.get(place);
    if (base !== undefined) for (const delta of deltas) append(bases, base, delta);
  }
  for (const [id, deltas] of byName) {
    const base = objects.get(id);
    if (base !== undefined) for (const delta of deltas) append(bases, base, delta);
    if (base !== undefined) byName.delete(id);
  }
  for (const place of places.keys()) byPlace.delete(place);
  for (const [entry, deltas] of bases) {
    const whole = readEntry(file, end, entry);
    const open = deltas.map((delta) => ({ delta, entry, payload: whole }));
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { delta } = next;
      const { bytes } = inflateAt(file, delta.dataAt, end, delta.size);
      const payload = applyDelta(next.payload, bytes, DEFAULT_MAX_SIZE);
      const made = take(delta.at, { type: next.entry.type, size: delta.size, dataAt: delta.dataAt, dataLength: delta.dataLength, base: next.entry }, payload);
      for (const child of [...(byPlace.get(delta.at) ?? []), ...(byName.get(made.id) ?? [])]) open.push({ delta: child, entry: made, payload });
      byPlace.delete(delta.at);
      byName.delete(made.id);
    }
  }
  if (byPlace.size > 0 || byName.size > 0) throw new DamagedBytes("holds a delta of an object that it does not hold");
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function damaged(detail: string, cause?: unknown): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`the pack that the host sent ${detail}`, { cause, remedy: "run the command again; nothing was moved here. If it stays so, do not trust the host" });
}
