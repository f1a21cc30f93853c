/**
 * Writing packs, version 2, with their index (gitformat-pack(5)).
 *
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { dropCacheCopies } from "./cache-copies.ts";
import { deflate, PACK_LEVEL } from "./deflate.ts";
import { ensureFolder, replaceFile, syncFolder, temporaryPath, writeFully } from "./durable.ts";
import { isAbsent, listFolder, typedError } from "./files.ts";
import { idToBytes, type ObjectId, type ObjectType } from "./id.ts";
import { formatPackIndex, type IndexEntry } from "./pack-index-write.ts";
import type { Store } from "./store.ts";

/** An object as it goes into a pack: whole, or as a delta of one that went before. */
export type PackItem = { readonly id: ObjectId; readonly type: ObjectType; readonly payload: Uint8Array | Deflated; readonly delta?: PackDelta | undefined };

/** Content that is a zlib stream already. */
export interface Deflated {
  /** Bytes that it inflates to. */
  readonly size: number;
  readonly stream: Uint8Array;
  /** Where it is a delta: of which object, that the pack has too, before it or behind. */
  readonly base?: ObjectId | undefined;
}

export interface PackDelta {
  readonly base: ObjectId;
  readonly bytes: Uint8Array;
}

export interface WrittenPack {
  /** File name without its ending. */
  readonly stem: string;
  readonly bytes: number;
}

export const ENTRY_CODES: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };
export const OFS_DELTA = 6;
const REF_DELTA = 7;
const CHUNK: number = 1 << 20;

/**
 * Writes a pack and its index, both durable when the call returns; until the index is there nobody sees the pack.
 *
 * @param count - how many items there are; each id once
 * @throws VibesafeStoreError when it cannot be written; then nothing of it is left
 */
export function writePack(store: Store, objectsDir: string, count: number, items: Iterable<PackItem>): WrittenPack {
  const folder = join(objectsDir, "pack");
  ensureFolder(folder);
  const temporary = temporaryPath(store, "pack");
  try {
    const { entries, checksum, bytes } = writeEntries(temporary, count, items);
    const stem = `pack-${checksum.toString("hex")}`;
    const index = formatPackIndex(entries, checksum);
    const waiting = join(store.dir, "tmp", `${stem}.idx`);
    replaceFile(store, waiting, index, { mode: 0o444, syncFolder: false });
    const packPath = join(folder, `${stem}.pack`);
    // The name is the hash of the content: what has it already is the same pack.
    if (existsSync(packPath)) rmSync(temporary);
    else renameSync(temporary, packPath);
    giveIndex(waiting, folder);
    syncFolder(folder);
    dropCacheCopies(store, entries.map(({ id }) => id));
    return { stem, bytes: bytes + index.length };
  } catch (error) {
    rmSync(temporary, { force: true });
    throw typedError("write", folder, error);
  }
}

/** Ends what writers that were killed left half-done: packs in their place, whose index still waits in `tmp/`. */
export function finishPacks(store: Store, objectsDir: string): void {
  const folder = join(objectsDir, "pack");
  for (const { name } of listFolder(join(store.dir, "tmp"))) {
    if (!/^pack-[0-9a-f]{64}\.idx$/.test(name) || !existsSync(join(folder, name.replace(/idx$/, "pack")))) continue;
    try {
      giveIndex(join(store.dir, "tmp", name), folder);
    } catch (error) {
      throw typedError("finish", name, error);
    }
    syncFolder(folder);
  }
}

/** Puts the index beside its pack; from now on both are seen. */
function giveIndex(waiting: string, folder: string): void {
  const target = join(folder, basename(waiting));
  try {
    renameSync(waiting, target);
  } catch (error) {
    // A gc that found it waiting was faster, or another writer of the same pack.
    if (!isAbsent(error) || !existsSync(target)) throw error;
  }
}

interface WrittenEntries {
  readonly entries: IndexEntry[];
  readonly checksum: Buffer;
  readonly bytes: number;
}

function writeEntries(path: string, count: number, items: Iterable<PackItem>): WrittenEntries {
  const file = openSync(path, "wx", 0o444);
  try {
    const out = new Output(file);
    const header = Buffer.from("PACK\0\0\0\x02\0\0\0\0", "latin1");
    header.writeUInt32BE(count, 8);
    out.write(header);
    const offsets = new Map<ObjectId, number>();
    const entries: IndexEntry[] = [];
    for (const item of items) {
      const offset = out.position;
      if (offsets.has(item.id)) throw new TypeError(`object ${item.id} comes twice`);
      const bytes = formatEntry(item, offset, offsets);
      entries.push({ id: item.id, offset, crc: crc32(bytes) });
      offsets.set(item.id, offset);
      out.write(bytes);
    }
    if (entries.length !== count) throw new TypeError(`${entries.length} objects came of ${count}`);
    const checksum = out.finish();
    fsyncSync(file);
    return { entries, checksum, bytes: out.position };
  } finally {
    closeSync(file);
  }
}

function formatEntry({ type, payload, delta }: PackItem, offset: number, offsets: ReadonlyMap<ObjectId, number>): Buffer {
  if ("stream" in payload) {
    if (payload.base === undefined) return Buffer.concat([formatEntryHead(ENTRY_CODES[type], payload.size), payload.stream]);
    const at = offsets.get(payload.base);
    const [code, where] = at === undefined ? [REF_DELTA, idToBytes(payload.base)] : [OFS_DELTA, formatDistance(offset - at)];
    return Buffer.concat([formatEntryHead(code, payload.size), where, payload.stream]);
  }
  const base = delta === undefined ? undefined : offsets.get(delta.base);
  if (delta === undefined || base === undefined) {
    return Buffer.concat([formatEntryHead(ENTRY_CODES[type], payload.length), deflate(payload, PACK_LEVEL)]);
  }
  return Buffer.concat([formatEntryHead(OFS_DELTA, delta.bytes.length), formatDistance(offset - base), deflate(delta.bytes, PACK_LEVEL)]);
}

/** Type and size: 3 and 4 bits, then groups of 7, least first. */
export function formatEntryHead(code: number, size: number): Buffer {
  const bytes = [(code << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

/** Groups of 7 bits, greatest first, each but the last less one ("offset encoding"). */
export function formatDistance(distance: number): Buffer {
  const bytes = [distance & 0x7f];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    bytes.unshift(0x80 | (rest & 0x7f));
  }
  return Buffer.from(bytes);
}

/** Hashes and counts what it writes, a mebibyte a call. */
class Output {
  position = 0;
  readonly #file: number;
  readonly #hash: Hash = createHash("sha256");
  readonly #buffer: Buffer = Buffer.allocUnsafe(CHUNK);
  #filled = 0;

  constructor(file: number) {
    this.#file = file;
  }

  write(bytes: Uint8Array): void {
    this.position += bytes.length;
    if (this.#filled + bytes.length > CHUNK) this.#flush();
    if (bytes.length > CHUNK) {
      this.#hash.update(bytes);
      writeFully(this.#file, bytes);
      return;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  /** Writes the trailer, which is the hash of all before. */
  finish(): Buffer {
    this.#flush();
    const checksum = this.#hash.digest();
    writeFully(this.#file, checksum);
    this.position += checksum.length;
    return checksum;
  }

  #flush(): void {
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#hash.update(bytes);
    writeFully(this.#file, bytes);
    this.#filled = 0;
  }
}
