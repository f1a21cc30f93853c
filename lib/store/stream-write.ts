/**
 * Hashing and storing content of any size in bounded memory.
 *
 * @module
 */

import { createHash, randomBytes } from "node:crypto";
import { closeSync, createReadStream, fstatSync, fsyncSync, openSync, readSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createDeflate } from "node:zlib";
import { VibesafeStoreError } from "../errors.ts";
import { LOOSE_LEVEL } from "./deflate.ts";
import { renameInto, syncFolder, temporaryPath, writeFully } from "./durable.ts";
import { typedError } from "./files.ts";
import { freshen } from "./freshen.ts";
import { objectHeader, parseId, type BlobId } from "./id.ts";
import { completeStore, linkCache } from "./init.ts";
import { loosePath } from "./loose.ts";
import { areaDir, type ObjectArea, type Store } from "./store.ts";
import { pipeThrough } from "./stream-pipe.ts";

const CHUNK: number = 1 << 20;

/** The id that a file's content has as a blob. @throws VibesafeStoreError when it cannot be read or changes meanwhile */
export function hashBlobFile(path: string): BlobId {
  return withFile(path, (file) => hashOpenFile(file, path));
}

/**
 * Stores a file's content as a blob, durably, whatever its size: read twice, never held whole.
 *
 * @throws VibesafeStoreError when it cannot be read or written, or changes meanwhile; then nothing of it is visible
 */
export async function writeBlobFile(store: Store, path: string, area: ObjectArea = "objects"): Promise<BlobId> {
  const id = hashBlobFile(path);
  if (freshen(store, id, (source) => area === "cache" || !source.isCache)) return id;
  if (area === "cache") linkCache(store);
  else completeStore(store);
  const temporary = temporaryPath(store, "blob");
  const target = loosePath(areaDir(store, area), id);
  try {
    await deflateFile(path, temporary, id);
    renameInto(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw typedError("write", target, error);
  }
  syncFolder(dirname(target));
  return id;
}

/** Stores what comes in pieces, of unknown size (a pipe), as a blob; it waits in `tmp/` until its size is known. */
export async function writeBlobFrom(store: Store, chunks: AsyncIterable<Uint8Array>, area: ObjectArea = "objects"): Promise<BlobId> {
  completeStore(store);
  return spooled(temporaryPath(store, "spool"), chunks, (spool) => writeBlobFile(store, spool, area));
}

/** The id of what comes in pieces; it waits in a file below `folder` until its size is known. */
export async function hashBlobFrom(chunks: AsyncIterable<Uint8Array>, folder: string): Promise<BlobId> {
  return spooled(join(folder, `vibesafe-spool-${process.pid}-${randomBytes(6).toString("hex")}`), chunks, hashBlobFile);
}

async function spooled<Result>(spool: string, chunks: AsyncIterable<Uint8Array>, work: (spool: string) => Result | Promise<Result>): Promise<Result> {
  try {
    const file = openSync(spool, "wx", 0o600);
    try {
      for await (const chunk of chunks) writeFully(file, chunk);
    } finally {
      closeSync(file);
    }
    return await work(spool);
  } catch (error) {
    throw typedError("write", spool, error);
  } finally {
    rmSync(spool, { force: true });
  }
}

async function deflateFile(path: string, temporary: string, id: BlobId): Promise<void> {
  const source = openSync(path, "r");
  const out = openSync(temporary, "wx", 0o444);
  try {
    const { size } = fstatSync(source);
    const header = objectHeader("blob", size);
    const hash = createHash("sha256").update(header);
    const content = async function* (): AsyncGenerator<Uint8Array> {
      yield header;
      for await (const chunk of createReadStream("", { fd: source, autoClose: false, start: 0, highWaterMark: CHUNK }) as AsyncIterable<Uint8Array>) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeThrough(content(), createDeflate({ level: LOOSE_LEVEL, chunkSize: 1 << 16 }), (chunk) => writeFully(out, chunk));
    if (hash.digest("hex") !== id) throw changed(path);
    fsyncSync(out);
  } finally {
    closeSync(out);
    closeSync(source);
  }
}

function hashOpenFile(file: number, path: string): BlobId {
  const { size } = fstatSync(file);
  const hash = createHash("sha256").update(objectHeader("blob", size));
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size + 1));
  let total = 0;
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
    hash.update(buffer.subarray(0, read));
    total += read;
  }
  if (total !== size) throw changed(path);
  return parseId<"blob">(hash.digest("hex"));
}

function withFile<Result>(path: string, work: (file: number) => Result): Result {
  try {
    const file = openSync(path, "r");
    try {
      return work(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw typedError("read", path, error);
  }
}

function changed(path: string): VibesafeStoreError {
  return new VibesafeStoreError(`${path} changed while it was read`, { remedy: "run the command again when nothing writes to it" });
}
