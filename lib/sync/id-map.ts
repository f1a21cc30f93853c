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
      if (own.size > 0) writeSegment(store, folder, own, segments);
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
  const pairs = [...added].map(([id, hostId]) => id + hostId);
  // As in a log-structured merge: a segment at most twice as large as what is new goes into it.
  const merged: Segment[] = [];
  for (const segment of segments.toSorted((a, b) => a.count - b.count)) {
    if (segment.count > 2 * pairs.length) break;
    merged.push(segment);
    for (let at = 0; at < segment.count; at += 1) pairs.push(segment.bytes.toString("hex", MAGIC.length + at * RECORD, MAGIC.length + (at + 1) * RECORD));
  }
  // Hex sorts as its bytes do, and strings sort faster than buffers.
  const unique = [...new Set(pairs)].sort();
  const order = unique.map((pair, record) => ({ key: pair.slice(2 * ID_BYTES), record })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const tail = Buffer.alloc(4 * order.length);
  for (const [index, { record }] of order.entries()) tail.writeUInt32BE(record, 4 * index);
  const body = Buffer.concat([MAGIC, Buffer.from(unique.join(""), "hex"), tail]);
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
