/**
 * Reading blobs of any size in bounded memory.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { createReadStream, closeSync, fstatSync, openSync } from "node:fs";
import { createInflate } from "node:zlib";
import { VibesafeStoreError } from "../errors.ts";
import { errorCode, fileError, isAbsent, typedError } from "./files.ts";
import { objectHeader, type BlobId, type ObjectType } from "./id.ts";
import { loosePath } from "./loose.ts";
import { damagedObject, LONGEST_HEADER, misnamedObject, parseObjectHeader } from "./object.ts";
import { placeInPack } from "./pack.ts";
import { readObject } from "./read.ts";
import { objectSources, refreshSources, sourcePacks } from "./sources.ts";
import type { Store } from "./store.ts";
import { pipeThrough } from "./stream-pipe.ts";

/** Takes the next bytes; they are only valid until it returns, or the promise that it returns settles. */
export type Sink = (chunk: Uint8Array) => void | Promise<void>;

/**
 * Gives a blob's content to `sink`, piece by piece, after having read all of it once to see that it hashes to its name: nothing
 * unverified is released. It is hashed again on the way, so a file that changes meanwhile ends in an error, not in wrong data unnoticed.
 *
 * @returns the size in bytes
 * @throws VibesafeHashMismatch when its bytes are not the object that its name says
 * @throws VibesafeStoreError when it is missing, no blob, or cannot be read
 */
export async function readBlobTo(store: Store, id: BlobId, sink: Sink): Promise<number> {
  const place = find(store, id) ?? (refreshSources(store) ? find(store, id) : undefined);
  if (place === undefined) {
    // Missing, or a delta, which needs its base in memory: the plain reader says which.
    const { type, payload } = readObject(store, id);
    if (type !== "blob") throw notBlob(id, type);
    await sink(payload);
    return payload.length;
  }
  try {
    await run(place, () => undefined);
    return await run(place, sink);
  } finally {
    closeSync(place.descriptor);
  }
}

interface Place {
  readonly id: BlobId;
  readonly descriptor: number;
  readonly shownAs: string;
  /** Where the zlib stream begins, and the last byte that it may have. */
  readonly start: number;
  readonly end: number;
  /** Said by a pack; a loose object says it itself. */
  readonly packed: { readonly type: ObjectType; readonly size: number } | undefined;
}

const TRAILER_BYTES = 32;

function find(store: Store, id: BlobId): Place | undefined {
  for (const source of objectSources(store)) {
    for (const pack of sourcePacks(store, source)) {
      const packed = placeInPack(pack, id);
      if (packed === "delta") return undefined;
      const { path, shownAs, size } = pack.file;
      const descriptor = packed === undefined ? undefined : open(path);
      if (packed !== undefined && descriptor !== undefined) return { id, descriptor, shownAs, start: packed.dataAt, end: size - TRAILER_BYTES - 1, packed };
    }
    const descriptor = open(loosePath(source.objectsDir, id));
    if (descriptor === undefined) continue;
    return { id, descriptor, shownAs: loosePath(source.shownAs, id), start: 0, end: fstatSync(descriptor).size - 1, packed: undefined };
  }
  return undefined;
}

function open(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fileError("open", path, error);
  }
}

/** Reads it once, to its end; gives the size. */
async function run(place: Place, sink: Sink): Promise<number> {
  const { id, shownAs, descriptor, start, end } = place;
  if (end < start) throw damagedObject(id, shownAs, "zlib stream is truncated");
  const content = new Content(place, sink);
  const inflate = createInflate({ chunkSize: 1 << 16 });
  try {
    await pipeThrough(createReadStream("", { fd: descriptor, autoClose: false, start, end }), inflate, (chunk) => content.take(chunk));
  } catch (error) {
    const code = errorCode(error);
    if (code === "Z_BUF_ERROR") throw damagedObject(id, shownAs, "zlib stream is truncated", error);
    if (code?.startsWith("Z_") === true) throw damagedObject(id, shownAs, "zlib stream is corrupt", error);
    throw typedError("read", shownAs, error);
  }
  const after = end + 1 - start - inflate.bytesWritten;
  if (place.packed === undefined && after > 0) throw damagedObject(id, shownAs, `${after} bytes follow the zlib stream`);
  return content.finish();
}

/** Splits off the header of a loose object, hashes, and counts. */
class Content {
  readonly #place: Place;
  readonly #sink: Sink;
  readonly #hash = createHash("sha256");
  #head: Uint8Array = new Uint8Array();
  #declared: number | undefined;
  #size = 0;

  constructor(place: Place, sink: Sink) {
    this.#place = place;
    this.#sink = sink;
    if (place.packed !== undefined) this.#begin(place.packed);
  }

  async take(chunk: Uint8Array): Promise<void> {
    if (this.#declared !== undefined) return this.#pass(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length >= LONGEST_HEADER) await this.#split();
  }

  async #split(): Promise<void> {
    const header = parseObjectHeader(this.#head);
    if (header === undefined) throw damagedObject(this.#place.id, this.#place.shownAs, "no object header");
    this.#begin(header);
    await this.#pass(this.#head.subarray(header.length));
  }

  #begin({ type, size }: { type: ObjectType; size: number }): void {
    if (type !== "blob") throw notBlob(this.#place.id, type);
    this.#declared = size;
    this.#hash.update(objectHeader(type, size));
  }

  async #pass(chunk: Uint8Array): Promise<void> {
    this.#size += chunk.length;
    if (this.#size > (this.#declared ?? 0)) throw damagedObject(this.#place.id, this.#place.shownAs, "holds more bytes than its header declares");
    this.#hash.update(chunk);
    if (chunk.length > 0) await this.#sink(chunk);
  }

  async finish(): Promise<number> {
    const { id, shownAs } = this.#place;
    if (this.#declared === undefined) await this.#split();
    const actual = this.#hash.digest("hex");
    if (this.#size !== this.#declared) throw damagedObject(id, shownAs, `declares ${this.#declared} bytes and holds ${this.#size}`);
    if (actual !== id) throw misnamedObject(id, shownAs, actual);
    return this.#size;
  }
}

function notBlob(id: BlobId, type: ObjectType): VibesafeStoreError {
  return new VibesafeStoreError(`object ${id} is a ${type}, not a blob`, { remedy: "run `vibe fsck`" });
}
