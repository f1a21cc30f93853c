/**
 * Packs for the host: one file in `tmp/`, filled in one pass, read once when it is sent.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, rmSync } from "node:fs";
import { temporaryPath, writeFully } from "../store/durable.ts";
import { typedError } from "../store/files.ts";
import type { ObjectType } from "../store/id.ts";
import { ENTRY_CODES, formatEntryHead } from "../store/pack-write.ts";
import type { Store } from "../store/store.ts";
import { formatStored } from "../store/stored.ts";
import { deflateSmall } from "./deflate-small.ts";
import type { HostId, ObjectFormat } from "./object-format.ts";
import type { RequestBody } from "./session.ts";

const CHUNK: number = 1 << 18;

/** A delta that names its base (gitformat-pack(5)). */
const REF_DELTA = 7;

/** A tree is hashes for the most part, of which compression makes nothing but time. */
export const LARGEST_STORED: number = 1 << 12;

export interface HostPack {
  /** How many objects are in it. */
  readonly count: number;
  add(type: ObjectType, payload: Uint8Array): void;
  /** Adds one that is deflated already. */
  copy(type: ObjectType, kept: Kept): void;
  /** Adds a delta of an object that is in the pack too, before it or behind. */
  copyDelta(kept: Kept, base: HostId): void;
  /** The pack as it travels; may be asked for again. */
  body(): RequestBody;
  /** Removes the file. */
  discard(): void;
}

export interface Kept {
  readonly stream: Uint8Array;
  /** What the stream inflates to. */
  readonly size: number;
}

/** Begins a pack. Whoever calls this calls `discard` in the end. */
export function createHostPack(store: Store, format: ObjectFormat): HostPack {
  const path = temporaryPath(store, "push");
  const file = openSync(path, "wx+");
  const buffer = Buffer.allocUnsafe(CHUNK);
  let filled = 0;
  let size = 0;
  let count = 0;
  const flush = (): void => {
    writeFully(file, buffer.subarray(0, filled));
    filled = 0;
  };
  const write = (bytes: Uint8Array): void => {
    size += bytes.length;
    if (filled + bytes.length > CHUNK) flush();
    if (bytes.length > CHUNK) return writeFully(file, bytes);
    buffer.set(bytes, filled);
    filled += bytes.length;
  };
  const append = (...parts: readonly Uint8Array[]): void => {
    try {
      for (const part of parts) write(part);
    } catch (error) {
      throw typedError("write", path, error);
    }
    count += 1;
  };
  return {
    get count() {
      return count;
    },
    add: (type, payload) => append(formatEntryHead(ENTRY_CODES[type], payload.length), type === "tree" && payload.length < LARGEST_STORED ? formatStored([payload]) : deflateSmall(payload)),
    copy: (type, { stream, size: length }) => append(formatEntryHead(ENTRY_CODES[type], length), stream),
    copyDelta: ({ stream, size: length }, base) => append(formatEntryHead(REF_DELTA, length), Buffer.from(base, "hex"), stream),
    body: () => {
      flush();
      return { parts: packParts(file, size, count, format), length: 12 + size + format.idBytes };
    },
    discard: () => {
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

function* packParts(file: number, size: number, count: number, format: ObjectFormat): Generator<Uint8Array> {
  const head = Buffer.from("PACK\0\0\0\x02\0\0\0\0", "latin1");
  head.writeUInt32BE(count, 8);
  const digest = createHash(format.name).update(head);
  yield head;
  for (let at = 0; at < size; ) {
    const part = Buffer.allocUnsafe(Math.min(CHUNK, size - at));
    const read = readSync(file, part, 0, part.length, at);
    if (read === 0) throw new RangeError("a pack in tmp/ was cut short");
    at += read;
    digest.update(part.subarray(0, read));
    yield part.subarray(0, read);
  }
  yield digest.digest();
}
