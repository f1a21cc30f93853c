/**
 * Keeps an answer, with the rows that it was made of.
 *
 * @module
 */

import { hash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ABSENT, checksum, FACT_NUMBERS, factAt, factPath, HEADER_BYTES, MAGIC, padded, ROWS_DIGEST, type Answer, type KeptAnswer } from "../answers.ts";
import { parseRows, type Rows } from "./rows.ts";

interface Kept extends Answer {
  readonly key: string;
  readonly root: string;
  /** What `formatRows` makes of the rows; asked for when the answer is kept. */
  readonly rows: () => string;
  /** Paths of what the answer rests on, files and folders, there or not; absolute, or from the root. */
  readonly facts: Iterable<string>;
  /** The file system's time before the first of them was looked at. */
  readonly startedAt: number;
  /** How far apart two changes of a file are at least that leave different stamps. */
  readonly tickMs: number;
}

/**
 * Writes an answer, unless something that it rests on changed so lately that it may have changed while the answer was found, or may
 * change again without leaving another stamp.
 */
export function writeAnswer(file: string, { text, status, key, root, rows, facts, startedAt, tickMs }: Kept): void {
  const table = stamped(root, facts, startedAt - tickMs);
  if (table === undefined) return;
  const known = rows();
  replace(rowsFile(file), known);
  replace(file, encode({ text, status, key, rows: hash("sha256", known, "hex"), facts: [...table.keys()], table: Float64Array.from([...table.values()].flat()) }));
}

/** Replaces what was kept by what became of it. @param rows - undefined where they are the same */
export function rewriteAnswer(file: string, kept: Omit<KeptAnswer, "changed">, rows: string | undefined): void {
  if (rows !== undefined) replace(rowsFile(file), rows);
  replace(file, encode(rows === undefined ? kept : { ...kept, rows: hash("sha256", rows, "hex") }));
}

/** The rows behind the answer in `file`; undefined where they are not there any more, or those of another answer. */
export function readRows(file: string, digest: string): Rows | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(rowsFile(file));
  } catch (cause) {
    // No rows are as good as some that cannot be read.
    if (cause instanceof Error && "code" in cause) return undefined;
    throw cause;
  }
  return hash("sha256", bytes, "hex") === digest ? parseRows(bytes.toString("utf8")) : undefined;
}

function rowsFile(file: string): string {
  return `${file}-rows`;
}

function encode({ text, status, key, rows, facts, table }: Omit<KeptAnswer, "changed">): Uint8Array {
  const paths = Buffer.from(facts.join("\0"));
  const known = Buffer.from(key);
  const said = Buffer.from(text);
  const start = HEADER_BYTES + table.byteLength;
  const rest = start + padded(paths.length);
  const bytes = Buffer.alloc(rest + padded(known.length + ROWS_DIGEST + said.length));
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  words.set([MAGIC, 0, facts.length, paths.length, known.length, said.length, status]);
  new Float64Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, table.length).set(table);
  paths.copy(bytes, start);
  known.copy(bytes, rest);
  bytes.write(rows, rest + known.length, ROWS_DIGEST, "latin1");
  said.copy(bytes, rest + known.length + ROWS_DIGEST);
  words[1] = checksum(words, rest / 4);
  return bytes;
}

/** What each fact is now; undefined when one of them is not older than `before`. */
function stamped(root: string, facts: Iterable<string>, before: number): Map<string, readonly number[]> | undefined {
  const table = new Map<string, readonly number[]>();
  const add = (path: string): boolean => {
    if (table.has(path)) return true;
    const fact = factAt(factPath(root, path));
    if (fact === "absent") {
      table.set(path, [ABSENT, ...Array.from({ length: FACT_NUMBERS - 1 }, () => 0)]);
      // That nothing is there was true all the time only if the folder above did not change either.
      return add(dirname(factPath(root, path)));
    }
    if (fact === undefined || Math.max(fact.mtimeMs, fact.ctimeMs) >= before) return false;
    table.set(path, [fact.size, fact.mtimeMs, fact.ctimeMs, fact.ino]);
    return true;
  };
  for (const path of facts) if (!add(path)) return undefined;
  return table;
}

function replace(file: string, content: Uint8Array | string): void {
  const temporary = `${file}.${process.pid}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (cause) {
    // A full disk, a read-only checkout: an answer is kept to save time, not to be there.
    if (!(cause instanceof Error && "code" in cause)) throw cause;
  } finally {
    rmSync(temporary, { force: true });
  }
}
