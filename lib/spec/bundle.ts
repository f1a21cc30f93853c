/**
 * The sealed bundle: one file with the active saves of a project, for programs that are deployed without its store.
 *
 * ```
 * vibesafe.bundle 1 <SHA-256 of the next line, without its line end>
 * {"objects":[["<id>","<type>",<size>],…],"units":[{"commit":…,"file":…,"id":…,"lines":[…]},…],"vibesafe":"…"}
 * <content of each object, in that order>
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

const FIRST_LINE = /^vibesafe\.bundle 1 ([0-9a-f]{64})$/;
const LINE_END = 10;

/** The bytes of a bundle; the same units and objects give the same bytes. */
export function formatBundle(vibesafe: string, units: readonly BundledUnit[], objects: readonly BundledObject[]): Uint8Array {
  const index = JSON.stringify({
    objects: objects.map(({ id, type, payload }) => [id, type, payload.length]),
    units: units.map(({ commit, file, id, lines }) => ({ commit, file, id, lines })),
    vibesafe,
  });
  return Buffer.concat([Buffer.from(`vibesafe.bundle 1 ${hash("sha256", index, "hex")}\n${index}\n`), ...objects.map(({ payload }) => payload)]);
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
  const { vibesafe, units, objects } = readIndex(JSON.parse(index.toString("utf8")), shownAs);
  const places = new Map<string, { type: ObjectType; start: number; end: number }>();
  let start = second + 1;
  for (const [id, type, size] of objects) {
    places.set(id, { type, start, end: start + size });
    start += size;
  }
  if (start !== bytes.length) throw changed(shownAs, `it has ${bytes.length} bytes, its index tells of ${start}`);
  return {
    vibesafe,
    units: new Map(units.map((unit) => [unit.id, unit])),
    read(id) {
      const place = places.get(id);
      if (place === undefined) throw broken(shownAs, `has no object ${id}`);
      const payload = bytes.subarray(place.start, place.end);
      const actual = hashObject(place.type, payload);
      if (actual !== id) throw changed(shownAs, `object ${id} hashes to ${actual}`);
      return { type: place.type, payload };
    },
  };
}

interface Index {
  readonly vibesafe: string;
  readonly units: readonly BundledUnit[];
  readonly objects: readonly (readonly [string, ObjectType, number])[];
}

function readIndex(value: unknown, shownAs: string): Index {
  const fail = (): never => {
    throw broken(shownAs, "has an index that cannot be understood");
  };
  if (typeof value !== "object" || value === null || !("vibesafe" in value) || !("units" in value) || !("objects" in value)) return fail();
  const { vibesafe, units, objects } = value;
  if (typeof vibesafe !== "string" || !Array.isArray(units) || !Array.isArray(objects)) return fail();
  return { vibesafe, units: units.map((unit) => readUnit(unit) ?? fail()), objects: objects.map((object) => readObject(object) ?? fail()) };
}

function readUnit(value: unknown): BundledUnit | undefined {
  if (typeof value !== "object" || value === null || !("id" in value) || !("commit" in value) || !("file" in value) || !("lines" in value)) return undefined;
  const { id, commit, file, lines } = value;
  if (typeof id !== "string" || !isUnitId(id) || typeof commit !== "string" || !isId(commit) || typeof file !== "string") return undefined;
  if (!Array.isArray(lines) || lines.length !== 2 || !lines.every((line) => Number.isSafeInteger(line))) return undefined;
  return { id, commit: commit as CommitId, file, lines: [Number(lines[0]), Number(lines[1])] };
}

function readObject(value: unknown): [string, ObjectType, number] | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [id, type, size]: unknown[] = value;
  const known = OBJECT_TYPES.find((each) => each === type);
  if (typeof id !== "string" || !isId(id) || known === undefined || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return undefined;
  return [id, known, size];
}

const REMEDY = "run `vibe build`, and deploy what it writes";

function broken(shownAs: string, detail: string): VibesafeStoreError {
  return new VibesafeStoreError(`${shownAs} ${detail}`, { remedy: REMEDY });
}

function changed(shownAs: string, detail: string): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`${shownAs} was changed after it was sealed: ${detail}`, { remedy: REMEDY });
}
