/**
 * Keeps an answer.
 *
 * @module
 */

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ABSENT, checksum, FACT_NUMBERS, factAt, factPath, HEADER_BYTES, MAGIC, padded, type Answer } from "../answers.ts";

interface Kept extends Answer {
  readonly key: string;
  readonly root: string;
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
export function writeAnswer(file: string, { text, status, key, root, facts, startedAt, tickMs }: Kept): void {
  const table = stamped(root, facts, startedAt - tickMs);
  if (table === undefined) return;
  const paths = Buffer.from([...table.keys()].join("\0"));
  const known = Buffer.from(key);
  const said = Buffer.from(text);
  const start = HEADER_BYTES + table.size * FACT_NUMBERS * 8;
  const rest = start + padded(paths.length);
  const bytes = Buffer.alloc(rest + padded(known.length + said.length));
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  words.set([MAGIC, 0, table.size, paths.length, known.length, said.length, status]);
  new Float64Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, table.size * FACT_NUMBERS).set([...table.values()].flat());
  paths.copy(bytes, start);
  known.copy(bytes, rest);
  said.copy(bytes, rest + known.length);
  words[1] = checksum(words, rest / 4);
  replace(file, bytes);
}

/** What each fact is now; undefined when one of them is not older than `before`. */
function stamped(root: string, facts: Iterable<string>, before: number): Map<string, readonly number[]> | undefined {
  const table = new Map<string, readonly number[]>();
  const add = (path: string): boolean => {
    if (table.has(path)) return true;
    const fact = factAt(factPath(root, path));
    if (fact === "absent") {
      table.set(path, [ABSENT, 0, 0, 0]);
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

function replace(file: string, bytes: Uint8Array): void {
  const temporary = `${file}.${process.pid}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, bytes);
    renameSync(temporary, file);
  } catch (cause) {
    // A full disk, a read-only checkout: an answer is kept to save time, not to be there.
    if (!(cause instanceof Error && "code" in cause)) throw cause;
  } finally {
    rmSync(temporary, { force: true });
  }
}
