/**
 * Which id an object has on SHA-1 hosts: a cache of what translation gives, so that only what is new is translated.
 *
 * Files of `cache/sync/`, never changed once written: a header, records of both ids sorted by ours, the order of the records by the
 * host's, a CRC-32. Small ones are merged into larger ones, so there are few. They may be deleted at any time.
 *
 * @module
 */

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { temporaryPath } from "../store/durable.ts";
import { listFolder, readIfPresent, typedError } from "../store/files.ts";
import { ID_BYTES, type ObjectId } from "../store/id.ts";
import type { Store } from "../store/store.ts";
import { SHA1, type HostId } from "./object-format.ts";

const MAGIC = Buffer.from("vibesafe sha1 1\n", "latin1");
const RECORD: number = ID_BYTES + SHA1.idBytes;
const LIMIT: number = 2 ** 31;
/** Of one segment: with four bytes of an id they fit a number. */
const MOST_RECORDS: number = 2 ** 21;

interface Segment {
  readonly path: string;
  readonly bytes: Buffer;
  readonly count: number;
}

export interface IdMap {
  hostId(id: ObjectId): HostId | undefined;
  ownId(id: HostId): ObjectId | undefined;
  /** Adds a pair; kept when `save` is called. */
  add(id: ObjectId, hostId: HostId): void;
  /** Writes what was added. Whoever cannot write loses time, nothing else. */
  save(): void;
}

export function openIdMap(store: Store): IdMap {
  const folder = join(store.dir, "cache", "sync");
  const segments = listFolder(folder).flatMap(({ name }) => (name.endsWith(".ids") ? (openSegment(join(folder, name)) ?? []) : []));
  const own = new Map<ObjectId, HostId>();
  /** The same by the host's ids, as far as somebody asked by them. */
  const host = new Map<HostId, ObjectId>();
  let dated = false;
  const added = (): ReadonlyMap<HostId, ObjectId> => {
    if (dated) for (const [id, hostId] of own) host.set(hostId, id);
    dated = false;
    return host;
  };
  return {
    hostId: (id) => own.get(id) ?? (findIn(segments, id, false) as HostId | undefined),
    ownId: (id) => added().get(id) ?? (findIn(segments, id, true) as ObjectId | undefined),
    add: (id, hostId) => {
      own.set(id, hostId);
      dated = true;
    },
    save: () => {
      const pairs = own.size <= MOST_RECORDS ? [own] : inParts([...own]);
      for (const [index, part] of pairs.entries()) writeSegment(store, folder, part, index === 0 ? segments : []);
      own.clear();
      host.clear();
    },
  };
}

/** A segment's records; undefined when it is gone, cut short or damaged: then it is as if it were not there. */
function openSegment(path: string): Segment | undefined {
  const read = readIfPresent(path, LIMIT);
  if (read === undefined || read.length < MAGIC.length + 4) return undefined;
  const bytes: Buffer = Buffer.from(read.buffer, read.byteOffset, read.length);
  const count = (bytes.length - MAGIC.length - 4) / (RECORD + 4);
  const whole = Number.isInteger(count) && bytes.subarray(0, MAGIC.length).equals(MAGIC) && crc32(bytes.subarray(0, -4)) === bytes.readUInt32BE(bytes.length - 4);
  return whole ? { path, bytes, count } : undefined;
}

function findIn(segments: readonly Segment[], id: string, byHost: boolean): string | undefined {
  const wanted = Buffer.from(id, "hex");
  for (const { bytes, count } of segments) {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const record = byHost ? bytes.readUInt32BE(MAGIC.length + count * RECORD + 4 * middle) : middle;
      const at = MAGIC.length + record * RECORD;
      const keyAt = byHost ? at + ID_BYTES : at;
      const order = bytes.compare(wanted, 0, wanted.length, keyAt, keyAt + wanted.length);
      if (order === 0) return byHost ? bytes.toString("hex", at, at + ID_BYTES) : bytes.toString("hex", at + ID_BYTES, at + RECORD);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
  }
  return undefined;
}

function writeSegment(store: Store, folder: string, added: ReadonlyMap<ObjectId, HostId>, segments: readonly Segment[]): void {
  // As in a log-structured merge: a segment at most twice as large as what is new goes into it.
  const merged: Segment[] = [];
  let count = added.size;
  for (const segment of segments.toSorted((a, b) => a.count - b.count)) {
    if (segment.count > 2 * count || segment.count + count > MOST_RECORDS) break;
    merged.push(segment);
    count += segment.count;
  }
  const records = Buffer.allocUnsafe(count * RECORD);
  let filled = 0;
  for (const [id, hostId] of added) {
    filled += records.write(id, filled, "hex");
    filled += records.write(hostId, filled, "hex");
  }
  for (const segment of merged) filled += segment.bytes.copy(records, filled, MAGIC.length, MAGIC.length + segment.count * RECORD);
  const unique = sortRecords(records, 0).filter((at, index, all) => index === 0 || records.compare(records, at, at + RECORD, all[index - 1] ?? 0, (all[index - 1] ?? 0) + RECORD) !== 0);
  const sorted = Buffer.allocUnsafe(unique.length * RECORD);
  for (const [index, at] of unique.entries()) records.copy(sorted, index * RECORD, at, at + RECORD);
  const tail = Buffer.allocUnsafe(4 * unique.length);
  for (const [index, at] of sortRecords(sorted, ID_BYTES).entries()) tail.writeUInt32BE(at / RECORD, 4 * index);
  const body = Buffer.concat([MAGIC, sorted, tail]);
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(body));
  const temporary = temporaryPath(store, "ids");
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, Buffer.concat([body, end]));
    renameSync(temporary, join(folder, `${randomBytes(8).toString("hex")}.ids`));
    for (const { path } of merged) rmSync(path, { force: true });
  } catch (error) {
    rmSync(temporary, { force: true });
    throw typedError("write", folder, error);
  }
}

function inParts(pairs: readonly (readonly [ObjectId, HostId])[]): ReadonlyMap<ObjectId, HostId>[] {
  return Array.from({ length: Math.ceil(pairs.length / MOST_RECORDS) }, (_, part) => new Map(pairs.slice(part * MOST_RECORDS, (part + 1) * MOST_RECORDS)));
}

/** Where the records begin, in the order of what stands in them from `keyAt` on: by the first four bytes as numbers, which sort fast. */
function sortRecords(records: Buffer, keyAt: number): Float64Array {
  const count = records.length / RECORD;
  const places = Float64Array.from({ length: count }, (_, index) => records.readUInt32BE(index * RECORD + keyAt) * MOST_RECORDS + index);
  places.sort();
  for (let index = 0; index < count; index += 1) places[index] = ((places[index] ?? 0) % MOST_RECORDS) * RECORD;
  const before = (a: number, b: number): boolean => records.compare(records, b + keyAt, b + RECORD, a + keyAt, a + RECORD) < 0;
  // Few begin with the same four bytes: each goes back to its place among its neighbours.
  for (let index = 1; index < count; index += 1) {
    const at = places[index] ?? 0;
    let to = index;
    for (; to > 0 && before(at, places[to - 1] ?? 0); to -= 1) places[to] = places[to - 1] ?? 0;
    places[to] = at;
  }
  return places;
}
