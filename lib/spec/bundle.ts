/**
 * The sealed bundle: one file with the active saves of a project, for programs that are deployed without its store.
 *
 * ```
 * vibesafe.bundle 2 <SHA-256 of the next line, without its line end> <its length in bytes>
 * {"units":[{"commit":…,"file":…,"id":…,"lines":[…],"objects":"<id> <size>,…","size":…},…],"vibesafe":"…"}
 * <the objects of each unit, in that order, as git hashes them: `<type> <size>\0<content>`; `size` bytes a unit>
 * ```
 *
 * The index names commits, commits name trees, trees name blobs: each object is checked against its id when it is read, as in a store.
 * Of a unit, those come first that production reads, in the order in which it reads them.
 *
 * @module
 */

import { hash } from "node:crypto";
import { VibesafeHashMismatch, VibesafeStoreError } from "../errors.ts";
import { ID_HEX, isId, objectHeader, type CommitId, type ObjectId } from "../store/id.ts";
import { parseObjectHeader, type StoredObject } from "../store/object.ts";
import type { Parts } from "./file-window.ts";
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
  /** The units of a file. */
  inFile(file: string): readonly BundledUnit[];
  /** Reads and verifies an object; what it gives is good until the next read. @throws VibesafeError when it is absent or broken */
  read(id: ObjectId): StoredObject;
}

export interface BundledObject extends StoredObject {
  readonly id: ObjectId;
}

/** A unit with what is reachable from its commit. */
export interface WholeUnit extends BundledUnit {
  readonly objects: readonly BundledObject[];
}

const FIRST_LINE = /^vibesafe\.bundle 2 ([0-9a-f]{64}) ([1-9][0-9]{0,9})\n/;
/** The first line with any digest and any length. */
const LONGEST_FIRST_LINE = 100;
const OTHER_VERSION = /^vibesafe\.bundle ([0-9]+) /;

/** The bytes of a bundle; the same units give the same bytes. */
export function formatBundle(vibesafe: string, units: readonly WholeUnit[]): Uint8Array {
  const whole = units.map(({ objects, ...unit }) => ({
    ...unit,
    objects: objects.map(({ id, type, payload }) => ({ id, parts: [objectHeader(type, payload.length), payload] as const })),
  }));
  const index = JSON.stringify({
    units: whole.map(({ commit, file, id, lines, objects }) => {
      const sizes = objects.map(({ parts: [header, payload] }) => header.length + payload.length);
      return { commit, file, id, lines, objects: objects.map((object, i) => `${object.id} ${sizes[i]}`).join(), size: sizes.reduce((sum, size) => sum + size, 0) };
    }),
    vibesafe,
  });
  const first = `vibesafe.bundle 2 ${hash("sha256", index, "hex")} ${Buffer.byteLength(index)}\n`;
  return Buffer.concat([Buffer.from(`${first}${index}\n`), ...whole.flatMap(({ objects }) => objects.flatMap(({ parts }) => parts))]);
}

/**
 * Opens a bundle; objects are verified when they are read.
 *
 * @param shownAs - name for messages
 * @throws VibesafeStoreError when it is no bundle
 * @throws VibesafeHashMismatch when its index is not the one that was sealed
 */
export function parseBundle(parts: Parts, shownAs: string): Bundle {
  const start = parts.bytes(0, LONGEST_FIRST_LINE).toString("latin1");
  const [first, sealed, length] = FIRST_LINE.exec(start) ?? [];
  if (first === undefined || sealed === undefined) {
    const other = OTHER_VERSION.exec(start)?.[1];
    throw broken(shownAs, other === undefined || other === "2" ? "is no bundle" : `is a bundle of format ${other}, and this vibesafe reads format 2`);
  }
  const indexEnd = first.length + Number(length);
  const index = parts.bytes(first.length, indexEnd);
  if (hash("sha256", index, "hex") !== sealed) throw changed(shownAs, "its index is not the one that was sealed");
  const { vibesafe, units } = readIndex(JSON.parse(index.toString("utf8")), shownAs);
  const sections = new Map<string, Section>();
  let end = indexEnd + 1;
  for (const unit of units) {
    sections.set(unit.commit, { unit, start: end });
    end += unit.size;
  }
  if (end !== parts.size) throw changed(shownAs, `it has ${parts.size} bytes, its index tells of ${end}`);
  // A program reads a unit's commit first, and then what follows it.
  let next: Cursor | undefined;
  let byFile: ReadonlyMap<string, readonly BundledUnit[]> | undefined;
  const placeOf = (id: ObjectId): Place | undefined => {
    const section = sections.get(id);
    if (section !== undefined) next = { section, at: 0, start: section.start };
    let place = next === undefined ? undefined : placeAt(next, id);
    if (place === undefined) {
      const holding = [next?.section, ...sections.values()].find((each) => each?.unit.objects.includes(id) === true);
      next = holding === undefined ? undefined : cursorTo(holding, id);
      place = next === undefined ? undefined : placeAt(next, id);
    }
    if (place !== undefined) next = place.next;
    return place;
  };
  return {
    vibesafe,
    units: new Map(units.map((unit) => [unit.id, unit])),
    inFile: (file) => (byFile ??= groupedByFile(units)).get(file) ?? [],
    read(id) {
      const place = placeOf(id);
      if (place === undefined) throw broken(shownAs, `has no object ${id}`);
      const bytes = parts.bytes(place.start, place.next.start);
      const actual = hash("sha256", bytes, "hex");
      if (actual !== id) throw changed(shownAs, `object ${id} hashes to ${actual}`);
      const header = parseObjectHeader(bytes);
      if (header === undefined || header.length + header.size !== bytes.length) throw broken(shownAs, `holds under ${id} what is no object`);
      return { type: header.type, payload: bytes.subarray(header.length) };
    },
  };
}

function groupedByFile(units: readonly BundledUnit[]): Map<string, BundledUnit[]> {
  const found = new Map<string, BundledUnit[]>();
  for (const unit of units) {
    const others = found.get(unit.file);
    if (others === undefined) found.set(unit.file, [unit]);
    else others.push(unit);
  }
  return found;
}

/** The objects of a unit, and where they begin. */
interface Section {
  readonly unit: IndexedUnit;
  readonly start: number;
}

/** A place in the list of a unit's objects, and in the bundle. */
interface Cursor {
  readonly section: Section;
  readonly at: number;
  readonly start: number;
}

/** Where an object begins; the next one begins where it ends. */
interface Place {
  readonly start: number;
  readonly next: Cursor;
}

/** Where the object lies, if it is the one at the cursor. */
function placeAt({ section, at, start }: Cursor, id: ObjectId): Place | undefined {
  const { objects } = section.unit;
  if (!objects.startsWith(id, at)) return undefined;
  const comma = objects.indexOf(",", at + ID_HEX);
  const end = comma === -1 ? objects.length : comma;
  const size = Number(objects.slice(at + ID_HEX + 1, end));
  return Number.isSafeInteger(size) && size >= 0 ? { start, next: { section, at: end + 1, start: start + size } } : undefined;
}

function cursorTo(section: Section, id: ObjectId): Cursor | undefined {
  let cursor: Cursor | undefined = { section, at: 0, start: section.start };
  while (cursor !== undefined && !section.unit.objects.startsWith(id, cursor.at)) {
    const here: ObjectId | string = section.unit.objects.slice(cursor.at, cursor.at + ID_HEX);
    cursor = isId(here) ? placeAt(cursor, here)?.next : undefined;
  }
  return cursor;
}

interface IndexedUnit extends BundledUnit {
  /** Ids and sizes: a text, which costs nothing until it is asked. */
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

const REMEDY = "run `vibe build`, and deploy what it writes";

function broken(shownAs: string, detail: string): VibesafeStoreError {
  return new VibesafeStoreError(`${shownAs} ${detail}`, { remedy: REMEDY });
}

function changed(shownAs: string, detail: string): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`${shownAs} was changed after it was sealed: ${detail}`, { remedy: REMEDY });
}
