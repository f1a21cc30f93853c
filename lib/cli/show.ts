/**
 * `vibe show`: an object as a person wants to see it; of a unit, which save, model and prompt wrote it.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { formatDate, isoDate } from "../history/git-date.ts";
import { cborMap, readable } from "../history/object-text.ts";
import { peelTags } from "../history/peel.ts";
import { resolveObject } from "../history/revision.ts";
import { readSnapshot, type Snapshot } from "../history/snapshot.ts";
import { isVerified, readSave, type Save } from "../spec/checkpoint.ts";
import type { CommitId, ObjectId } from "../store/id.ts";
import { readCommit, readObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { printSave, standingOf } from "./save-text.ts";
import { savedUnits } from "./saved-units.ts";
import { requireStore } from "./store-of.ts";
import { columns, indent, short } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[revs..]",
  builder: (parser) =>
    parser
      .positional("revs", { type: "string", array: true, describe: "Units, saves, tags, or parts of them as in REV:checkpoint/prompt.md" })
      .example("$0 src.hello/greet", "which save, model and prompt wrote it, the code, and what it passed")
      .example("$0 src.hello/greet~1:checkpoint/impl.ts", "the code of the save before"),
  plain: ({ words }) => ({ revs: words() }),
  handler: (args, context) => {
    const names = args.revs ?? [];
    if (names.length === 0) throw new VibesafeUsageError("what to show?", { remedy: "name it, as in `vibe show src.hello/greet`" });
    const store = requireStore(context);
    const shown = names.map((name) => look(store, resolveUnitOrRevision(context, store, name)));
    // One name, one document: what it is depends on what was asked for.
    context.document(shown.length === 1 ? documentOf(store, shown[0]) : { objects: shown.map((item) => documentOf(store, item)) });
    shown.forEach((item, i) => {
      if (i > 0) context.say();
      print(context, store, item);
    });
    return 0;
  },
});

type Shown =
  | { readonly kind: "save"; readonly save: Save }
  | { readonly kind: "snapshot"; readonly id: CommitId; readonly snapshot: Snapshot }
  | { readonly kind: "object"; readonly id: ObjectId };

/** A revision, or a function's name, file or glob that means one unit. */
function resolveUnitOrRevision(context: Context, store: Store, name: string): ObjectId {
  try {
    return resolveObject(store, name, "commit");
  } catch (error) {
    if (!(error instanceof VibesafeUsageError)) throw error;
    const [only, ...more] = savedUnitsOrNone(context, store, name);
    if (only !== undefined && more.length === 0) return only.commit;
    throw error;
  }
}

function savedUnitsOrNone(context: Context, store: Store, name: string): ReturnType<typeof savedUnits> {
  try {
    return savedUnits(context, store, [name]);
  } catch (error) {
    if (error instanceof VibesafeUsageError) return [];
    throw error;
  }
}

function look(store: Store, named: ObjectId): Shown {
  const { id, type } = peelTags(store, named);
  if (type !== "commit") return { kind: "object", id };
  const commit = id as CommitId;
  const snapshot = readSnapshot(store, commit);
  if (snapshot !== undefined) return { kind: "snapshot", id: commit, snapshot };
  return readCommit(store, commit).message.includes("Vibesafe-Checkpoint: ") ? { kind: "save", save: readSave(store, commit) } : { kind: "object", id };
}

function documentOf(store: Store, shown: Shown | undefined): unknown {
  if (shown?.kind === "save") {
    const { commitId, commit, unit, specHash, checkpointHash, impl, prompt, spec, provenance, verification } = shown.save;
    const people = { author: { name: commit.author.name, email: commit.author.email }, date: isoDate(commit.author) };
    const message = commit.message.replace(/\n\nVibesafe-[^]*$/, "");
    return { id: commitId, unit, status: standingOf(store, shown.save), verified: isVerified(shown.save), specHash, checkpointHash, parents: commit.parents, ...people, message, impl, prompt, spec, provenance, verification: verification ?? null };
  }
  if (shown?.kind === "snapshot") {
    const { author, message, parents } = readCommit(store, shown.id);
    return { id: shown.id, units: Object.fromEntries(shown.snapshot), parents, author: { name: author.name, email: author.email }, date: isoDate(author), message: message.trimEnd() };
  }
  if (shown === undefined) return null;
  const object = readObject(store, shown.id);
  return { id: shown.id, type: object.type, content: (object.type === "blob" ? cborMap(object.payload) : undefined) ?? Buffer.from(readable(object)).toString("utf8") };
}

function print(context: Context, store: Store, shown: Shown): void {
  if (context.json) return;
  if (shown.kind === "save") printSave(context, store, shown.save);
  else if (shown.kind === "object") context.io.outBytes(readable(readObject(store, shown.id)));
  else {
    const { author, message } = readCommit(store, shown.id);
    context.say(context.colour.yellow(`snapshot ${shown.id}`));
    context.say(`Author: ${author.name} <${author.email}>`);
    context.say(`Date:   ${formatDate(author)}`);
    context.say(`\n${indent(message.trimEnd(), 4)}\n`);
    for (const line of columns([...shown.snapshot].map(([unit, id]) => [unit, short(id)]))) context.say(line);
  }
}
