/**
 * What the index keeps of files and specs, and how it is written down: rows with numbers for what recurs.
 *
 * @module
 */

import type { SpecKind, UnitId } from "../types.ts";
import { parseId, type BlobId } from "../../store/id.ts";
import type { FileStamp } from "../stamp.ts";
import type { Lookup } from "./lookups.ts";

export interface FileEntry {
  readonly path: string;
  readonly stamp: FileStamp;
  /** It was changed so shortly before it was read that another change may have left the same stamp. */
  readonly racy: boolean;
  /** Undefined for a file without the word vibesafe, whose content does not matter. */
  readonly sha256: string | undefined;
  /** Specs in source order; undefined for a file that was not scanned, or that something is wrong with. */
  readonly specs: readonly SpecEntry[] | undefined;
  readonly lookups: readonly Lookup[];
}

export interface SpecEntry {
  readonly id: UnitId;
  readonly name: string;
  readonly file: string;
  readonly kind: SpecKind;
  readonly line: number;
  /** How many examples expect something. */
  readonly examples: number;
  /** The `template` option. */
  readonly template: string | undefined;
  /** Undefined where it was not asked for, or could not be told. */
  readonly hash: SpecHash | undefined;
}

export interface SpecHash {
  readonly specHash: BlobId;
  readonly templateId: BlobId;
  /** Files that it rests on, the spec's own included; one array for all specs that rest on the same. */
  readonly files: readonly string[];
}

export interface IndexData {
  /** Source files of the project, sorted. */
  readonly sources: readonly string[];
  readonly folders: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FileEntry>;
}

type LookupRow = readonly [string, string] | readonly [string, string, string];
type SpecRow = readonly [id: string, name: string, kind: SpecKind, line: number, examples: number, template: string | 0, hash: string | 0, templateId: number, files: number];
type FileRow = readonly [path: string, size: number, mtime: number, ctime: number, ino: number, racy: 0 | 1, sha256: string | 0, specs: readonly SpecRow[] | 0, lookups: readonly LookupRow[]];

export interface IndexRows {
  readonly sources: readonly number[];
  readonly folders: readonly (readonly [string, string])[];
  readonly templates: readonly string[];
  readonly sets: readonly (readonly number[])[];
  readonly files: readonly FileRow[];
}

export function encodeIndex({ sources, folders, files }: IndexData): IndexRows {
  const numbers = new Map([...files.keys()].map((path, i) => [path, i]));
  const templates = numbering<string>((id) => id);
  const sets = numbering<readonly number[]>((set) => set.join(" "));
  const numberOf = (path: string): number => numbers.get(path) ?? -1;
  const specRow = ({ id, name, kind, line, examples, template, hash }: SpecEntry): SpecRow => {
    const rests = hash === undefined ? [] : hash.files.map(numberOf);
    // A hash that rests on a file that is not kept could not be checked later.
    if (hash === undefined || rests.includes(-1)) return [id, name, kind, line, examples, template ?? 0, 0, 0, 0];
    return [id, name, kind, line, examples, template ?? 0, hash.specHash, templates.of(hash.templateId), sets.of(rests)];
  };
  const rows = [...files.values()].map(({ path, stamp, racy, sha256, specs, lookups }): FileRow => {
    const known = lookups.map((one): LookupRow => ("folder" in one ? [one.folder, one.stem, one.found] : [one.specifier, one.result]));
    return [path, stamp.size, stamp.mtimeMs, stamp.ctimeMs, stamp.ino, racy ? 1 : 0, sha256 ?? 0, specs?.map(specRow) ?? 0, known];
  });
  return { sources: sources.map(numberOf).filter((n) => n !== -1), folders: [...folders], templates: templates.all, sets: sets.all, files: rows };
}

export function decodeIndex({ sources, folders, templates, sets, files }: IndexRows): IndexData {
  const pathOf = (n: number): string => files[n]?.[0] ?? "";
  const restsOn = sets.map((set) => set.map(pathOf));
  const templateIds = templates.map((id) => parseId<"blob">(id));
  // Ids are as they were written, which the checksum vouches for: to parse ten thousand again takes longer than all else here.
  const hashOf = (specHash: string, templateId: number, set: number): SpecHash | undefined => {
    const [template, rests] = [templateIds[templateId], restsOn[set]];
    return template === undefined || rests === undefined ? undefined : { specHash: specHash as BlobId, templateId: template, files: rests };
  };
  const entries = new Map<string, FileEntry>();
  for (const [path, size, mtimeMs, ctimeMs, ino, racy, sha256, specs, lookups] of files) {
    const specOf = ([id, name, kind, line, examples, template, hash, templateId, set]: SpecRow): SpecEntry => ({
      id: id as UnitId,
      name,
      file: path,
      kind,
      line,
      examples,
      template: template === 0 ? undefined : template,
      hash: hash === 0 ? undefined : hashOf(hash, templateId, set),
    });
    entries.set(path, {
      path,
      stamp: { size, mtimeMs, ctimeMs, ino },
      racy: racy === 1,
      sha256: sha256 === 0 ? undefined : sha256,
      specs: specs === 0 ? undefined : specs.map(specOf),
      lookups: lookups.map((row) => (row.length === 3 ? { folder: row[0], stem: row[1], found: row[2] } : { specifier: row[0], result: row[1] })),
    });
  }
  return { sources: sources.map(pathOf), folders: new Map(folders), files: entries };
}

function numbering<T>(keyOf: (item: T) => string): { readonly all: readonly T[]; of(item: T): number } {
  const numbers = new Map<string, number>();
  const all: T[] = [];
  return {
    all,
    of(item) {
      const key = keyOf(item);
      let number = numbers.get(key);
      if (number === undefined) {
        numbers.set(key, (number = all.length));
        all.push(item);
      }
      return number;
    },
  };
}
