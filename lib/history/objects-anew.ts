/**
 * Parts of saves that can be made again: specs and prompts from the sources, a build from its `impl.ts`, and `impl.ts` from its build.
 *
 * Whatever is made must hash to the id that is missing; so nothing here has to be right, only to be tried.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import { buildImpl } from "../generate/build.ts";
import { renderPrompt } from "../generate/prompt.ts";
import { hashSpec } from "../spec/hash.ts";
import { scanProject } from "../spec/scan.ts";
import type { Workspace } from "../spec/workspace.ts";
import { parseCommit } from "../store/commit.ts";
import type { ObjectId } from "../store/id.ts";
import { tryReadObject } from "../store/read.ts";
import { listRefs } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { parseTree } from "../store/tree.ts";
import type { NewObject } from "../store/write.ts";
import { sourceIn } from "./fsck-saves.ts";
import { movesBelow } from "./reflog.ts";

/** Objects that a damaged store may lack, made from the sources as they stand and from what it still has. */
export async function objectsAnew(workspace: Workspace, store: Store): Promise<NewObject[]> {
  const texts = [...(await fromSources(workspace)), ...(await fromSaves(store))];
  return texts.map((text) => ({ type: "blob", payload: typeof text === "string" ? Buffer.from(text, "utf8") : text }));
}

async function fromSources(workspace: Workspace): Promise<(string | Uint8Array)[]> {
  const made: (string | Uint8Array)[] = [];
  for (const spec of attempt(() => scanProject(workspace).specs) ?? []) {
    const hashed = attempt(() => hashSpec(workspace, spec));
    if (hashed === undefined) continue;
    made.push(hashed.bytes);
    const prompt = await attemptAsync(() => renderPrompt(workspace, hashed, []));
    if (prompt !== undefined) made.push(prompt);
  }
  return made;
}

/** Of each save that has one of `impl.ts` and `build/impl.js`, the other. */
async function fromSaves(store: Store): Promise<string[]> {
  const made: string[] = [];
  const seen = new Set<ObjectId>();
  const queue: ObjectId[] = attempt(() => listRefs(store).map(({ id }) => id)) ?? [];
  for (const { from, to } of attempt(() => movesBelow(store, ["refs/"])) ?? []) queue.push(...[from, to].filter((id) => id !== null));
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const at = id;
    if (seen.has(at)) continue;
    seen.add(at);
    const object = attempt(() => tryReadObject(store, at));
    const commit = object?.type === "commit" ? attempt(() => parseCommit(object.payload)) : undefined;
    if (commit === undefined) continue;
    queue.push(...commit.parents);
    const impl = textAt(store, commit.tree, ["checkpoint", "impl.ts"]);
    const build = textAt(store, commit.tree, ["build", "impl.js"]);
    const other = impl === undefined ? build && sourceIn(build) : build === undefined ? (await attemptAsync(() => buildImpl(impl)))?.js : undefined;
    if (other !== undefined) made.push(other);
  }
  return made;
}

function textAt(store: Store, start: ObjectId, path: readonly string[]): string | undefined {
  let object = attempt(() => tryReadObject(store, start));
  for (const name of path) {
    const payload = object?.type === "tree" ? object.payload : undefined;
    const id = payload === undefined ? undefined : attempt(() => parseTree(payload))?.find((entry) => entry.name === name)?.id;
    object = id === undefined ? undefined : attempt(() => tryReadObject(store, id));
  }
  return object?.type === "blob" ? Buffer.from(object.payload).toString("utf8") : undefined;
}

/** What is damaged, or cannot be made, is not made. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof VibesafeError) return undefined;
    throw error;
  }
}

async function attemptAsync<T>(make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof VibesafeError) return undefined;
    throw error;
  }
}
