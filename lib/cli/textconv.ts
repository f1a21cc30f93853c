/**
 * `vibe textconv`: a file of the store as text, for `git diff` (gitattributes(5), "Performing text diffs of binary files").
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { VibesafeError, VibesafeUsageError } from "../errors.ts";
import { isoDate } from "../history/git-date.ts";
import { installedProjects } from "../history/git-install.ts";
import { refContent } from "../history/merge-refs.ts";
import { openOverlay } from "../history/merge-overlay.ts";
import { cborMap, readable } from "../history/object-text.ts";
import { openProjectGit, type ProjectGit } from "../history/project-git.ts";
import { openProject } from "../project/project.ts";
import { readSave, type Save } from "../spec/checkpoint.ts";
import { hashObject, type CommitId, type ObjectId } from "../store/id.ts";
import { inflateStream } from "../store/inflate.ts";
import { parseObjectHeader, type StoredObject } from "../store/object.ts";
import { openStore, storeExists, type Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";

/** What is larger nobody reads as a diff. */
const LONGEST_TEXT = 1 << 26;

export const command: Command = defineCommand({
  positionals: "[file]",
  builder: (parser) =>
    parser
      .positional("file", { type: "string", describe: "A ref, a loose object or a spec, as git hands it out" })
      .example("$0 .vibesafe/refs/units/src.hello/greet", "the save that the ref leads to, with its spec, code and prompt"),
  handler: ({ file }, context) => {
    if (file === undefined) throw new VibesafeUsageError("which file?", { remedy: "name a file of the store; `vibe install` has git call this" });
    const bytes = readFileSync(resolve(context.folder, file));
    const text = textOf(context, bytes);
    context.document({ text: Buffer.from(text).toString("utf8") });
    if (!context.json) context.io.outBytes(text);
    return 0;
  },
});

/** What the bytes are, by what they begin with; anything else stays as it is. */
function textOf(context: Context, bytes: Uint8Array): Uint8Array {
  const id = bytes.length <= 80 ? refContent(Buffer.from(bytes).toString("latin1")) : undefined;
  if (id !== undefined) return Buffer.from(refText(context, id), "utf8");
  const object = looseObject(bytes);
  if (object !== undefined) return Buffer.concat([Buffer.from(`${object.type} ${object.id}\n`), readable(object)]);
  return cborMap(bytes) === undefined ? bytes : readable({ type: "blob", payload: bytes });
}

/** The object that a file holds which begins like one of git's; its name is not known here, so it is told. */
function looseObject(bytes: Uint8Array): (StoredObject & { readonly id: ObjectId }) | undefined {
  // RFC 1950: method deflate, and a header that 31 divides.
  if (((bytes[0] ?? 0) & 0x0f) !== 8 || (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 !== 0) return undefined;
  const inflated = inflateStream(bytes, LONGEST_TEXT);
  if (typeof inflated === "string") return undefined;
  const header = parseObjectHeader(inflated.bytes);
  if (header === undefined || header.length + header.size !== inflated.bytes.length) return undefined;
  const payload = inflated.bytes.subarray(header.length);
  return { type: header.type, payload, id: hashObject(header.type, payload) };
}

function refText(context: Context, id: CommitId): string {
  const repository = openProjectGit(context.folder, context.io.env);
  for (const store of stores(context, repository)) {
    const save = saveIn(store, repository, id);
    if (save !== undefined) return saveText(save);
  }
  return `${id}\n`;
}

/** The stores of the projects in this repository; of a project that was not installed, the one that this runs in. */
function stores(context: Context, repository: ProjectGit): Store[] {
  const roots = installedProjects(repository).map((project) => join(repository.top, project));
  const dirs = (roots.length > 0 ? roots.map((root) => openProject(root)) : [context.project()]).map(({ storeDir }) => storeDir);
  return dirs.filter(storeExists).map((dir) => openStore(dir));
}

/** A save of the working tree, or of any commit of the project. */
function saveIn(store: Store, repository: ProjectGit, id: CommitId): Save | undefined {
  const here = trySave(store, id);
  if (here !== undefined) return here;
  const overlay = openOverlay(store, repository);
  try {
    return overlay.fetch(id) ? trySave(overlay.store, id) : undefined;
  } finally {
    overlay.close();
  }
}

function trySave(store: Store, id: CommitId): Save | undefined {
  try {
    return readSave(store, id);
  } catch (error) {
    // A snapshot, or what this clone does not have: a diff shows the id.
    if (error instanceof VibesafeError) return undefined;
    throw error;
  }
}

function saveText({ commitId, commit, unit, specHash, checkpointHash, provenance, spec, impl, prompt }: Save): string {
  const rows = [
    `save ${commitId}`,
    `unit ${unit}`,
    `checkpoint ${checkpointHash}`,
    `spec ${specHash}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${commit.author.name} <${commit.author.email}>, ${isoDate(commit.author)}`,
    `model ${provenance.provider.model} (${provenance.provider.kind})`,
    "",
    commit.message.replace(/\n\nVibesafe-[^]*$/, "").trimEnd(),
  ];
  return `${rows.join("\n")}\n\n--- spec\n${JSON.stringify(spec, undefined, 2)}\n\n--- impl.ts\n${impl.trimEnd()}\n\n--- prompt.md\n${prompt.trimEnd()}\n`;
}
