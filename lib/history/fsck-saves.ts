/**
 * What fsck finds in saves: that each has all its parts, and that the parts go together.
 *
 * The store's own fsck proves that bytes are what they are named; this proves that they mean what a save must mean.
 *
 * @module
 */

import { VibesafeHashMismatch, VibesafeStoreError, VibesafeTypeError, VibesafeValidationError } from "../errors.ts";
import { BUILD_VERSIONS, buildImpl } from "../generate/build.ts";
import { readSave, type Save } from "../spec/checkpoint.ts";
import { parseModule } from "../spec/parse.ts";
import type { UnitId } from "../spec/types.ts";
import { CANDIDATE_REFS, refUnit, splitUnitId, UNIT_REFS } from "../spec/unit-id.ts";
import type { Commit } from "../store/commit.ts";
import type { FsckOptions } from "../store/fsck.ts";
import type { CommitId, ObjectId, TreeId } from "../store/id.ts";
import { hasObject, readCommit, readTree, tryReadObject } from "../store/read.ts";
import { listRefs, type Ref } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { TREE_MODE } from "../store/tree.ts";
import { VERSION } from "../version.ts";
import { peelTo } from "./peel.ts";
import { movesBelow } from "./reflog.ts";
import { readSnapshot } from "./snapshot.ts";

export type SaveProblemKind =
  /** It lacks a part, has one too many, or one that cannot be read. */
  | "bad-save"
  /** Its parts are whole and say different things. */
  | "parts-disagree"
  /** `build/impl.js` does not come from `impl.ts`. */
  | "foreign-build"
  /** A unit's ref leads to another unit's save, or to what no save has verified. */
  | "wrong-save"
  | "bad-snapshot";

export interface SaveProblem {
  /** Id of the commit, or name of the ref. */
  readonly id: string;
  readonly kind: SaveProblemKind;
  readonly detail: string;
}

/**
 * Checks every save, candidate and snapshot that refs and reflogs lead to. What is absent or damaged as an object is the store's to tell.
 *
 * @param options.inWorkingTree - of what reflogs alone lead to only what is there with all its parts is checked, as in the store's fsck
 */
export async function checkSaves(store: Store, { inWorkingTree = false }: FsckOptions = {}): Promise<SaveProblem[]> {
  const problems: SaveProblem[] = [];
  const refs = attempt(() => listRefs(store)) ?? [];
  const saved = refs.filter(({ name }) => !name.startsWith(CANDIDATE_REFS)).map(({ id }) => id);
  const mustBeWhole = inWorkingTree ? new Set([...history(store, saved)].map(([id]) => id)) : undefined;
  const starts = [...refs.map(({ id }) => id), ...(attempt(() => movesBelow(store, [UNIT_REFS, CANDIDATE_REFS, "refs/tags/"])) ?? []).flatMap(({ from, to }) => [from, to])];
  const held = new Set<ObjectId>(refs.filter(({ name }) => refUnit(name) !== undefined).map(({ id }) => id));
  const saves = new Map<CommitId, Save>();
  const builds = new Map<string, string>();
  for (const [id, commit] of history(store, starts)) {
    if (mustBeWhole !== undefined && !mustBeWhole.has(id) && !hasAllParts(store, commit.tree)) continue;
    // A commit that neither says that it is a save nor stands where one must is somebody's own.
    if (isSnapshot(store, id, problems) || (!held.has(id) && !commit.message.includes("Vibesafe-Checkpoint: "))) continue;
    const save = readWhole(store, id, problems);
    if (save === undefined) continue;
    saves.set(id, save);
    problems.push(...disagreements(save).map((detail): SaveProblem => ({ id, kind: "parts-disagree", detail })));
    const foreign = await buildProblem(save, builds);
    if (foreign !== undefined) problems.push({ id, kind: "foreign-build", detail: foreign });
  }
  for (const ref of refs) problems.push(...refProblems(ref, saves));
  return problems.sort((a, b) => compare(a.kind, b.kind) || compare(a.id, b.id) || compare(a.detail, b.detail));
}

/** Every commit that can be reached and read. */
function* history(store: Store, starts: readonly (ObjectId | null)[]): Generator<[CommitId, Commit]> {
  const seen = new Set<CommitId>();
  const queue = [...new Set(starts)].flatMap((id) => (id === null ? [] : (attempt(() => (tryReadObject(store, id) === undefined ? undefined : peelTo(store, id, "commit"))) ?? [])));
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const at = id;
    const commit = attempt(() => readCommit(store, at));
    if (commit === undefined) continue;
    queue.push(...commit.parents);
    yield [id, commit];
  }
}

function hasAllParts(store: Store, tree: TreeId): boolean {
  const entries = attempt(() => readTree(store, tree));
  return entries?.every(({ mode, id }) => (mode === TREE_MODE ? hasAllParts(store, id as TreeId) : hasObject(store, id))) === true;
}

function isSnapshot(store: Store, id: CommitId, problems: SaveProblem[]): boolean {
  try {
    return readSnapshot(store, id) !== undefined;
  } catch (error) {
    if (error instanceof VibesafeHashMismatch) problems.push({ id, kind: "bad-snapshot", detail: error.message });
    else if (!(error instanceof VibesafeStoreError)) throw error;
    return error instanceof VibesafeHashMismatch;
  }
}

function readWhole(store: Store, id: CommitId, problems: SaveProblem[]): Save | undefined {
  try {
    return readSave(store, id);
  } catch (error) {
    if (!(error instanceof VibesafeHashMismatch || error instanceof VibesafeStoreError)) throw error;
    problems.push({ id, kind: "bad-save", detail: error.message });
    return undefined;
  }
}

function disagreements({ unit, spec, impl, provenance, verification }: Save): string[] {
  const found: string[] = [];
  const { name } = splitUnitId(unit);
  if (name !== spec.name && !name.endsWith(`.${spec.name}`)) found.push(`its message says unit ${unit}, its spec.cbor is of ${spec.name}`);
  // Not the model: a server may answer for another than it was asked for, and says so in its reply.
  if (provenance.provider.kind !== spec.provider.kind) found.push(`its provenance.json says provider ${provenance.provider.kind}, its spec.cbor ${spec.provider.kind}`);
  const exported = exportsIn(impl);
  if (exported === undefined) found.push("its impl.ts is no TypeScript");
  else if (!exported.has(spec.name)) found.push(`its impl.ts does not export ${spec.name}`);
  if (verification !== undefined && verification.passed !== verification.gates.every(({ passed }) => passed)) {
    found.push("its verification.json says that the gates passed as a whole and not one by one, or the reverse");
  }
  return found;
}

function exportsIn(impl: string): ReadonlySet<string> | undefined {
  try {
    return new Set(parseModule(impl, "impl.ts").exports.named.keys());
  } catch (error) {
    if (error instanceof VibesafeTypeError) return undefined;
    throw error;
  }
}

/** Builds `impl.ts` again. A save of other tools is compared by the source that its build carries: their output may differ. */
async function buildProblem({ impl, buildJs, provenance }: Save, builds: Map<string, string>): Promise<string | undefined> {
  const sameTools = provenance.vibesafe === VERSION && Object.entries(BUILD_VERSIONS).every(([tool, version]) => provenance.versions[tool] === version);
  if (!sameTools) return sourceIn(buildJs) === impl ? undefined : "build/impl.js does not carry the source of impl.ts";
  try {
    const js = builds.get(impl) ?? (await buildImpl(impl)).js;
    builds.set(impl, js);
    return js === buildJs ? undefined : "build/impl.js is not what impl.ts compiles to";
  } catch (error) {
    if (error instanceof VibesafeValidationError) return `impl.ts does not compile: ${error.message.split("\n")[1] ?? error.message}`;
    throw error;
  }
}

/** The source in the inline source map at the end of a build. */
export function sourceIn(js: string): string | undefined {
  const encoded = /\n\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/.exec(js)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const map: unknown = JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
    const sources = typeof map === "object" && map !== null && "sourcesContent" in map ? map.sourcesContent : undefined;
    return Array.isArray(sources) && sources.length === 1 && typeof sources[0] === "string" ? sources[0] : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function refProblems({ name, id }: Ref, saves: ReadonlyMap<CommitId, Save>): SaveProblem[] {
  const unit: UnitId | undefined = refUnit(name);
  const save = saves.get(id);
  if (unit === undefined || save === undefined) return [];
  if (save.unit !== unit) return [{ id: name, kind: "wrong-save", detail: `leads to ${id}, a save of ${save.unit}` }];
  if (name.startsWith(UNIT_REFS) && (save.verification === undefined || !save.verification.passed)) {
    return [{ id: name, kind: "wrong-save", detail: `leads to ${id}, which ${save.verification === undefined ? "is a candidate" : "did not pass its gates"}` }];
  }
  return [];
}

/** Damage makes a read fail; the store's own fsck has told of it. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof VibesafeStoreError || error instanceof VibesafeHashMismatch) return undefined;
    throw error;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
