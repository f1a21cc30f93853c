/**
 * What is in a folder of objects, with ages and sizes: for gc and count-objects.
 *
 * @module
 */

import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileError, listFolder } from "./files.ts";
import type { ObjectId } from "./id.ts";
import { listLoose } from "./list-objects.ts";
import { loosePath } from "./loose.ts";
import { listPack } from "./pack.ts";
import { packStems } from "./sources.ts";

export interface FileStatus {
  readonly bytes: number;
  /** Blocks on the disk, in bytes. */
  readonly onDisk: number;
  readonly mtimeMs: number;
}

export interface PackFiles extends FileStatus {
  /** File name without its ending. */
  readonly stem: string;
  /** The pack and its index alone, as git counts. */
  readonly sizePack: number;
  /** Whether a `.keep` file says that it must stay as it is. */
  readonly isKept: boolean;
  readonly ids: readonly ObjectId[];
}

export interface Inventory {
  readonly objectsDir: string;
  readonly loose: ReadonlyMap<ObjectId, FileStatus>;
  readonly packs: readonly PackFiles[];
  /** Paths of files that are neither. */
  readonly garbage: readonly string[];
}

/** Lists a folder of objects. @throws VibesafeStoreError when a pack's structure is broken */
export function takeInventory(objectsDir: string): Inventory {
  const loose = new Map<ObjectId, FileStatus>();
  const listing = listLoose(objectsDir);
  for (const id of listing.ids) {
    const status = fileStatus(loosePath(objectsDir, id));
    if (status !== undefined) loose.set(id, status);
  }
  const packs = packStems(objectsDir).flatMap((stem) => packFiles(objectsDir, stem) ?? []);
  return { objectsDir, loose, packs, garbage: [...listing.strays, ...packGarbage(objectsDir, packs)] };
}

/** Size and age of a file; undefined when there is none. */
export function fileStatus(path: string): FileStatus | undefined {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    return status === undefined ? undefined : { bytes: status.size, onDisk: status.blocks * 512, mtimeMs: status.mtimeMs };
  } catch (error) {
    throw fileError("look at", path, error);
  }
}

/** Endings of the files that go with a pack. Only the first two hold anything that is not elsewhere. */
export const PACK_ENDINGS: readonly string[] = [".pack", ".idx", ".rev", ".bitmap", ".mtimes"];

function packFiles(objectsDir: string, stem: string): PackFiles | undefined {
  const path = join(objectsDir, "pack", stem);
  const ids = listPack(path);
  const status = fileStatus(`${path}.pack`);
  if (ids === undefined || status === undefined) return undefined;
  const sizes = PACK_ENDINGS.map((ending) => fileStatus(`${path}${ending}`));
  const total = (files: typeof sizes): number => files.reduce((sum, file) => sum + (file?.bytes ?? 0), 0);
  const bytes = total(sizes);
  return { stem, ids, bytes, sizePack: total(sizes.slice(0, 2)), onDisk: bytes, mtimeMs: status.mtimeMs, isKept: fileStatus(`${path}.keep`) !== undefined };
}

function packGarbage(objectsDir: string, packs: readonly PackFiles[]): string[] {
  const known = new Set(packs.map(({ stem }) => stem));
  const names = listFolder(join(objectsDir, "pack")).map(({ name }) => name);
  const strange = names.filter((name) => !known.has(basename(name).replace(/\.(?:pack|idx|rev|bitmap|mtimes|keep|promisor)$/, "")) && name !== "multi-pack-index");
  return strange.map((name) => join(objectsDir, "pack", name));
}
