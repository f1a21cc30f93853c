/**
 * What a kept answer says, unit by unit, with what each unit rests on: from it an edit of few files is told without a look at the rest.
 *
 * Written in columns, so that to open ten thousand rows makes a few long strings and no objects: rows are made when they are asked for.
 *
 * @module
 */

import type { BlobId, TreeId } from "../../store/id.ts";
import type { Basis, IndexedUnit } from "../project-index.ts";
import type { Folders } from "../project-index/folders.ts";
import type { Lookup } from "../project-index/lookups.ts";
import type { UnitStanding } from "../standing.ts";
import type { UnitStatus } from "../status.ts";
import type { SpecKind, UnitId } from "../types.ts";

export interface UnitRow {
  readonly id: UnitId;
  readonly kind: SpecKind;
  readonly file: string;
  readonly line: number;
  readonly examples: number;
  readonly specHash: BlobId;
  /** Files that H_spec rests on; one array for all units that rest on the same. */
  readonly files: readonly string[];
  readonly status: UnitStatus["status"];
  /** H_spec and H_chk of what is active. */
  readonly saved: BlobId | undefined;
  readonly checkpointHash: TreeId | undefined;
  /** Whether the gates of what is active passed; undefined where nobody asked. */
  readonly verified: boolean | undefined;
  /** It has a candidate, of whatever spec. */
  readonly candidate: boolean;
}

/** @throws VibesafeError as `specHash` of the unit does */
export function rowOf(unit: IndexedUnit, { status, active }: UnitStanding, { verified, candidate }: Pick<UnitRow, "verified" | "candidate">): UnitRow {
  const { id, kind, file, line, examples } = unit;
  return { id, kind, file, line, examples, specHash: unit.specHash(), files: unit.restsOn(), status, saved: active?.specHash, checkpointHash: active?.checkpointHash, verified, candidate };
}

export interface Rows {
  /** All of them, in the order of their ids. */
  all(): UnitRow[];
  at(i: number): UnitRow;
  /** Numbers of the units that lie in one of these files or rest on one. */
  restingOn(files: ReadonlySet<string>): number[];
  readonly folders: Folders;
  /** Files that only reading code tells the rest of: what it imports beyond its spec. */
  readonly uses: ReadonlySet<string>;
  /** What the imports of a file led to. */
  lookups(file: string): readonly Lookup[];
  /** Whether it is a source, or some unit rests on it. */
  knows(file: string): boolean;
  /** The text of the same rows but these, by their numbers, which lie in the same files and rest on the same. */
  formatWith(edited: ReadonlyMap<number, UnitRow>): string;
}

export interface RowSources extends Basis {
  readonly units: readonly UnitRow[];
  readonly uses?: Iterable<string>;
}

interface Columns {
  readonly folders: readonly (readonly [string, string])[];
  readonly paths: readonly string[];
  /** One a path: number in `lookupSets`. */
  readonly lookups: readonly number[];
  readonly lookupSets: readonly string[];
  readonly sets: readonly (readonly number[])[];
  /** Parted by line feeds, which no id has. */
  readonly ids: string;
  /** Three ids a unit, blank where there is none. */
  readonly hashes: string;
  readonly numbers: readonly number[];
  readonly uses: readonly string[];
}

const HEX = 64;
const BLANK = " ".repeat(HEX);
const NUMBERS = 5;
const KINDS: readonly SpecKind[] = ["function", "http"];
const STATUSES: readonly UnitStatus["status"][] = ["active", "missing", "drift", "candidate"];

/** To be parsed by `parseRows`. */
export function formatRows({ units, folders, sources, lookups, uses = [] }: RowSources): string {
  const paths = numbering<string>();
  const lookupSets = numbering<string>();
  const sets = numbering<string>();
  for (const source of sources) paths.of(source);
  const numbers = units.flatMap((unit) => [paths.of(unit.file), unit.line, unit.examples, sets.of(unit.files.join("\0")), flagsOf(unit)]);
  const columns: Columns = {
    folders: [...folders],
    sets: sets.all.map((files) => files.split("\0").map(paths.of)),
    lookups: paths.all.map((path) => lookupSets.of(JSON.stringify(lookups(path)))),
    paths: paths.all,
    lookupSets: lookupSets.all,
    ids: units.map(({ id }) => id).join("\n"),
    hashes: units.map(hashesOf).join(""),
    numbers,
    uses: [...uses],
  };
  return JSON.stringify(columns);
}

function flagsOf({ kind, status, verified, candidate }: UnitRow): number {
  return KINDS.indexOf(kind) + 2 * STATUSES.indexOf(status) + 8 * (verified === undefined ? 2 : verified ? 1 : 0) + 32 * (candidate ? 1 : 0);
}

function hashesOf({ specHash, saved, checkpointHash }: UnitRow): string {
  return `${specHash}${saved ?? BLANK}${checkpointHash ?? BLANK}`;
}

/** @param text - as `formatRows` wrote it, which a digest vouches for */
export function parseRows(text: string): Rows {
  const columns: Columns = JSON.parse(text);
  const { folders, paths, lookups, lookupSets, sets, ids, hashes, numbers } = columns;
  const names = ids === "" ? [] : ids.split("\n");
  const restsOn = new Map<number, readonly string[]>();
  const filesOf = (set: number): readonly string[] => {
    let files = restsOn.get(set);
    if (files === undefined) restsOn.set(set, (files = (sets[set] ?? []).map((n) => paths[n] ?? "")));
    return files;
  };
  const hexAt = (n: number): string => hashes.slice(n * HEX, (n + 1) * HEX);
  const idAt = (n: number): string | undefined => (hexAt(n) === BLANK ? undefined : hexAt(n));
  const number = (unit: number, column: number): number => numbers[unit * NUMBERS + column] ?? 0;
  const at = (i: number): UnitRow => {
    const flags = number(i, 4);
    return {
      id: (names[i] ?? "") as UnitId,
      kind: KINDS[flags & 1] ?? "function",
      file: paths[number(i, 0)] ?? "",
      line: number(i, 1),
      examples: number(i, 2),
      specHash: hexAt(i * 3) as BlobId,
      files: filesOf(number(i, 3)),
      status: STATUSES[(flags >> 1) & 3] ?? "missing",
      saved: idAt(i * 3 + 1) as BlobId | undefined,
      checkpointHash: idAt(i * 3 + 2) as TreeId | undefined,
      verified: [false, true, undefined][(flags >> 3) & 3],
      candidate: flags >= 32,
    };
  };
  return {
    all: () => names.map((_, i) => at(i)),
    at,
    restingOn(files) {
      const wanted = new Set(paths.flatMap((path, n) => (files.has(path) ? [n] : [])));
      const touched = sets.map((set) => set.some((n) => wanted.has(n)));
      return names.flatMap((_, i) => (touched[number(i, 3)] === true || wanted.has(number(i, 0)) ? [i] : []));
    },
    folders: new Map(folders),
    uses: new Set(columns.uses),
    lookups: (file) => JSON.parse(lookupSets[lookups[paths.indexOf(file)] ?? -1] ?? "[]"),
    knows: (file) => paths.includes(file),
    formatWith(edited) {
      const now = [...numbers];
      const parts: string[] = [];
      let end = 0;
      for (const [i, row] of [...edited].sort(([a], [b]) => a - b)) {
        now.splice(i * NUMBERS, NUMBERS, number(i, 0), row.line, row.examples, number(i, 3), flagsOf(row));
        parts.push(hashes.slice(end * HEX, i * 3 * HEX), hashesOf(row));
        end = (i + 1) * 3;
      }
      return JSON.stringify({ ...columns, hashes: parts.join("") + hashes.slice(end * HEX), numbers: now });
    },
  };
}

function numbering<T>(): { readonly all: readonly T[]; readonly of: (item: T) => number } {
  const numbers = new Map<T, number>();
  const all: T[] = [];
  return {
    all,
    of(item) {
      let number = numbers.get(item);
      if (number === undefined) {
        numbers.set(item, (number = all.length));
        all.push(item);
      }
      return number;
    },
  };
}
