/**
 * The sealed bundle: one file with the active saves of a project, for programs that are deployed without its store.
 *
 * ```
 * vibesafe.bundle 1 <SHA-256 of the next line, without its line end>
 * {"units":[{"commit":…,"file":…,"id":…,"lines":[…],"objects":"<id> <type> <size>,…","size":…},…],"vibesafe":"…"}
 * <content of the objects of each unit, in that order; `size` bytes a unit>
 * ```
 *
 * The index names commits, commits name trees, trees name blobs: each object is checked against its id when it is read, as in a store.
 *
 * @module
 */

import { hash } from "node:crypto";
import { VibesafeHashMismatch, VibesafeStoreError } from "../errors.ts";
import { hashObject, isId, OBJECT_TYPES, type CommitId, type ObjectId, type ObjectType } from "../store/id.ts";
import type { StoredObject } from "../store/object.ts";
import { isUnitId } from "./unit-id.ts";
import type { UnitId } from "./types.ts";

export const BUNDLE_FILE = "vibesafe.bundle";

/** What tells a program which unit a call of it is. */
export interface BundledUnit {
  readonly id: UnitId;
  readonly commit: CommitId;
  /** File of the spec, from the project root. */
  readonly file: string;
  /** First and last line of its call, up to its function. */
  readonly lines: readonly [number, number];
}

export interface Bundle {
  /** Version that made it. */
  readonly vibesafe: string;
  readonly units: ReadonlyMap<string, BundledUnit>;
  /** Reads and verifies an object. @throws VibesafeError when it is absent or broken */
  read(id: ObjectId): StoredObject;
}

export interface BundledObject extends StoredObject {
  readonly id: ObjectId;
}

/** A unit with what is reachable from its commit. */
export interface WholeUnit extends BundledUnit {
  readonly objects: readonly BundledObject[];
}

const FIRST_LINE = /^vibesafe\.bundle 1 ([0-9a-f]{64})$/;
const LINE_END = 10;

/** The bytes of a bundle; the same units give the same bytes. */
export function formatBundle(vibesafe: string, units: readonly WholeUnit[]): Uint8Array {
  const index = JSON.stringify({
    units: units.map(({ commit, file, id, lines, objects }) => ({
      commit,
      file,
      id,
      lines,
      objects: objects.map((object) => `${object.id} ${object.type} ${object.payload.length}`).join(),
      size: objects.reduce((sum, { payload }) => sum + payload.length, 0),
    })),
    vibesafe,
  });
  const contents = units.flatMap(({ objects }) => objects.map(({ payload }) => payload));
  return Buffer.concat([Buffer.from(`vibesafe.bundle 1 ${hash("sha256", index, "hex")}\n${index}\n`), ...contents]);
}

/**
 * Opens the bytes of a bundle; objects are verified when they are read.
 *
 * @param shownAs - name for messages
 * @throws VibesafeStoreError when it is no bundle
 * @throws VibesafeHashMismatch when its index is not the one that was sealed
 */
export function parseBundle(bytes: Buffer, shownAs: string): Bundle {
  const first = bytes.indexOf(LINE_END);
  const second = bytes.indexOf(LINE_END, first + 1);
  const sealed = FIRST_LINE.exec(bytes.subarray(0, Math.max(0, first)).toString("latin1"))?.[1];
  if (sealed === undefined || second === -1) throw broken(shownAs, "is no bundle of this format");
  const index = bytes.subarray(first + 1, second);
  if (hash("sha256", index, "hex") !== sealed) throw changed(shownAs, "its index is not the one that was sealed");
  const { vibesafe, units } = readIndex(JSON.parse(index.toString("utf8")), shownAs);
  const places = new Map<string, Place>();
  /** What is not looked for yet, by commit: a program reads a unit's commit before its other objects. */
  const unread = new Map<string, () => void>();
  let start = second + 1;
  for (const unit of units) {
    const from = start;
    unread.set(unit.commit, () => {
      unread.delete(unit.commit);
      const found = placesIn(unit, from);
      if (found === undefined) throw broken(shownAs, "has an index that cannot be understood");
      for (const [id, place] of found) places.set(id, place);
    });
    start += unit.size;
  }
  const placeOf = (id: ObjectId): Place | undefined => {
    unread.get(id)?.();
    if (!places.has(id)) for (const look of unread.values()) look();
    return places.get(id);
  };
  if (start !== bytes.length) throw changed(shownAs, `it has ${bytes.length} bytes, its index tells of ${start}`);
  return {
    vibesafe,
    units: new Map(units.map((unit) => [unit.id, unit])),
    read(id) {
      const place = placeOf(id);
      if (place === undefined) throw broken(shownAs, `has no object ${id}`);
      const payload = bytes.subarray(place.start, place.end);
      const actual = hashObject(place.type, payload);
      if (actual !== id) throw changed(shownAs, `object ${id} hashes to ${actual}`);
      return { type: place.type, payload };
    },
  };
}

interface Place {
  readonly type: ObjectType;
  readonly start: number;
  readonly end: number;
}

interface IndexedUnit extends BundledUnit {
  /** Ids, types and sizes: a text, which costs nothing until it is asked. */
  readonly objects: string;
  /** Sum of the sizes. */
  readonly size: number;
}

interface Index {
  readonly vibesafe: string;
  readonly units: readonly IndexedUnit[];
}

function readIndex(value: unknown, shownAs: string): Index {
  const fail = (): never => {
    throw broken(shownAs, "has an index that cannot be understood");
  };
  if (typeof value !== "object" || value === null || !("vibesafe" in value) || !("units" in value)) return fail();
  const { vibesafe, units } = value;
  if (typeof vibesafe !== "string" || !Array.isArray(units)) return fail();
  return { vibesafe, units: units.map((unit) => readUnit(unit) ?? fail()) };
}

function readUnit(value: unknown): IndexedUnit | undefined {
  if (typeof value !== "object" || value === null || !("id" in value) || !("commit" in value) || !("file" in value)) return undefined;
  if (!("lines" in value) || !("objects" in value) || !("size" in value)) return undefined;
  const { id, commit, file, lines, objects, size } = value;
  if (typeof objects !== "string" || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return undefined;
  if (typeof id !== "string" || !isUnitId(id) || typeof commit !== "string" || !isId(commit) || typeof file !== "string") return undefined;
  if (!Array.isArray(lines) || lines.length !== 2 || !lines.every((line) => Number.isSafeInteger(line))) return undefined;
  return { id, commit: commit as CommitId, file, lines: [Number(lines[0]), Number(lines[1])], objects, size };
}

/** Where the objects of a unit are; undefined when that is not said as `formatBundle` says it. */
function placesIn({ objects, size }: IndexedUnit, from: number): [string, Place][] | undefined {
  const found: [string, Place][] = [];
  let start = from;
  for (const object of objects.split(",")) {
    const [id = "", type, length] = object.split(" ");
    const known = OBJECT_TYPES.find((each) => each === type);
    const end = start + Number(length);
    if (!isId(id) || known === undefined || !Number.isSafeInteger(end) || end < start) return undefined;
    found.push([id, { type: known, start, end }]);
    start = end;
  }
  return start === from + size ? found : undefined;
}

const REMEDY = "run `vibe build`, and deploy what it writes";

function broken(shownAs: string, detail: string): VibesafeStoreError {
  return new VibesafeStoreError(`${shownAs} ${detail}`, { remedy: REMEDY });
}

function changed(shownAs: string, detail: string): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`${shownAs} was changed after it was sealed: ${detail}`, { remedy: REMEDY });
}
