/**
 * What a command answered, kept with everything that the answer rests on: `cache/index/answer-*` in the store.
 *
 * As git's index, one table of numbers vouches for thousands of files: an answer holds while every file and folder in it has the stamp
 * that it had, and none of what was absent has come. Nothing is parsed and no object made to find that out. It is a cache: whatever is
 * not exactly what this version wrote under the same key is no answer.
 *
 * Layout, little-endian: `MAGIC`, checksum of all but the facts and their paths, which prove themselves, then as u32 the number of facts and the lengths in bytes of paths, key
 * and text; u32 exit status and padding; per fact four f64 (size or -1 where nothing was there, mtime, ctime, inode); then in UTF-8
 * paths (parted by NUL), padded to 4 bytes, key, the digest of the rows behind the text (`ROWS_DIGEST` characters) and text, padded as well.
 *
 * @module
 */

import { readFileSync, statSync, type Stats } from "node:fs";
import { isAbsolute, join } from "node:path";

export const MAGIC = 0x32_61_73_76;
export const HEADER_BYTES = 32;
export const FACT_NUMBERS = 4;
/** In the place of a size: nothing was there. */
export const ABSENT = -1;
/** Length of a SHA-256 in hex. */
export const ROWS_DIGEST = 64;
/** Where more facts have changed, to look at each costs more than to look at all. */
const MOST_CHANGED = 200;

export interface Answer {
  readonly text: string;
  readonly status: number;
}

/** An answer as it was kept, with what has become of the facts that it rests on. */
export interface KeptAnswer extends Answer {
  readonly key: string;
  /** Digest of the rows that the text was made of. */
  readonly rows: string;
  /** Paths, from the root or absolute. */
  readonly facts: readonly string[];
  /** `FACT_NUMBERS` a fact. */
  readonly table: Float64Array;
  /** Places in `facts` of what is there, as it was, but with another stamp. */
  readonly changed: readonly number[];
}

/** File of an answer in the store `storeDir`. */
export function answerFile(storeDir: string, name: string): string {
  return join(storeDir, "cache", "index", `answer-${name}`);
}

/**
 * The answer that was kept in `file`; undefined where something that it rests on has come or gone, or much has changed.
 *
 * @param key - what it was kept under
 * @param root - project root, for the facts inside it; empty where this process runs there: to look at 2,200 files by a path from
 *   there takes a sixth less
 */
export function readKept(file: string, key: string, root: string): KeptAnswer | undefined {
  const bytes = readWhole(file);
  if (bytes === undefined || bytes.length < HEADER_BYTES || bytes.length % 4 !== 0 || bytes.byteOffset % 8 !== 0) return undefined;
  const head = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const [magic, sum, count = 0, pathsLength = 0, keyLength = 0, textLength = 0, status = 0] = head;
  const paths = HEADER_BYTES + count * FACT_NUMBERS * 8;
  const start = paths + padded(pathsLength);
  if (magic !== MAGIC || start + padded(keyLength + ROWS_DIGEST + textLength) !== bytes.length || sum !== checksum(head, start / 4)) return undefined;
  if (bytes.toString("utf8", start, start + keyLength) !== key) return undefined;
  const table = new Float64Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, count * FACT_NUMBERS);
  const facts = bytes.toString("utf8", paths, paths + pathsLength).split("\0");
  const changed = changedFacts(root, facts, table);
  if (changed === undefined) return undefined;
  const text = start + keyLength + ROWS_DIGEST;
  return { key, rows: bytes.toString("utf8", text - ROWS_DIGEST, text), text: bytes.toString("utf8", text, text + textLength), status, facts, table, changed };
}

/** The answer that was kept in `file`, if everything that it rests on is as it was. */
export function readAnswer(file: string, key: string, root: string): Answer | undefined {
  const kept = readKept(file, key, root);
  return kept?.changed.length === 0 ? kept : undefined;
}

/** Sum of the heading after itself and of the words from `start`; catches what a crash or a bad disk leaves, not intent. */
export function checksum(words: Uint32Array, start: number): number {
  let a = 0x81_1c_9d_c5;
  const add = (from: number, to: number): void => {
    for (let i = from; i < to; i++) a = Math.imul(a ^ (words[i] ?? 0), 0x01_00_01_93) ^ (a >>> 15);
  };
  add(2, HEADER_BYTES / 4);
  add(start, words.length);
  return a >>> 0;
}

export function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** Path of a fact: absolute, as `root` is, or from where the process runs. */
export function factPath(root: string, path: string): string {
  return root === "" || isAbsolute(path) ? path : `${root}/${path}`;
}

/** What the file system says of a path as it is now, links followed; `absent` where nothing is, undefined when it cannot be looked at. */
export function factAt(path: string): Pick<Stats, "size" | "mtimeMs" | "ctimeMs" | "ino"> | "absent" | undefined {
  try {
    return statSync(path, AS_IT_IS) ?? "absent";
  } catch (cause) {
    if (cause instanceof Error && "code" in cause) return undefined;
    throw cause;
  }
}

const AS_IT_IS = { throwIfNoEntry: false } as const;

function changedFacts(root: string, paths: readonly string[], numbers: Float64Array): number[] | undefined {
  if (paths.length * FACT_NUMBERS !== numbers.length) return undefined;
  const changed: number[] = [];
  for (let i = 0; i < paths.length; i++) {
    const now = factAt(factPath(root, paths[i] ?? ""));
    const at = i * FACT_NUMBERS;
    const wasAbsent = numbers[at] === ABSENT;
    if (now === undefined || (now === "absent") !== wasAbsent) return undefined;
    if (now === "absent") continue;
    if (numbers[at] === now.size && numbers[at + 1] === now.mtimeMs && numbers[at + 2] === now.ctimeMs && numbers[at + 3] === now.ino) continue;
    if (changed.push(i) > MOST_CHANGED) return undefined;
  }
  return changed;
}

function readWhole(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (cause) {
    // No answer is as good as one that cannot be read.
    if (cause instanceof Error && "code" in cause) return undefined;
    throw cause;
  }
}
