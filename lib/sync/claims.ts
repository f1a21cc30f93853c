/**
 * Claims: what whoever pushed says that the host's refs hold, by SHA-256.
 *
 * A commit at `refs/vibesafe/claims`. Its tree has a file for the tags and one for the units of each module, `<SHA-256> <name>` a line,
 * sorted; its parent is the claims that it replaces. So whoever fetches can tell a host that lies about an object (what is recomputed is
 * not what was claimed), about a ref (claims and refs disagree), and one that shows an old state (the claims seen last are not an
 * ancestor of those shown). The message repeats by SHA-256 what the commit itself names by SHA-1.
 *
 * @module
 */

import { VibesafeHashMismatch } from "../errors.ts";
import { refUnit } from "../spec/unit-id.ts";
import { formatCommit, type Commit, type Identity } from "../store/commit.ts";
import { hashObject, isId, type BlobId, type CommitId, type IdOf, type ObjectId, type ObjectType, type TreeId } from "../store/id.ts";
import { readBlob, readCommit, readTree } from "../store/read.ts";
import { compareRefNames } from "../store/packed-refs.ts";
import type { Store } from "../store/store.ts";
import { decodeUtf8 } from "../store/text.ts";
import { FILE_MODE, formatTree, TREE_MODE, type TreeEntry } from "../store/tree.ts";
import { writeObjects, type NewObject } from "../store/write.ts";

/** From so many objects on they are one pack: of a first push, where each would be synced by itself. */
const PACK_FROM = 16;

/** Refs by their name below `refs/` here, and below `refs/vibesafe/` on the host: `units/a.b/f`, `tags/v1`. */
export type Claims = ReadonlyMap<string, ObjectId>;

/** Tells whether a ref, named as in claims, is one that is shared. */
export function isShared(name: string): boolean {
  return name.startsWith("tags/") || refUnit(`refs/${name}`) !== undefined;
}

/** @throws VibesafeHashMismatch when the commit is none of claims */
export function readClaims(store: Store, commitId: CommitId): Claims {
  const claims = new Map<string, ObjectId>();
  for (const { path, id } of claimFiles(store, readCommit(store, commitId).tree, commitId)) {
    for (const [name, held] of parseLines(decodeUtf8(readBlob(store, id), "claims"), commitId)) claims.set(`${path}/${name}`, held);
  }
  const odd = [...claims.keys()].find((name) => !isShared(name));
  if (odd !== undefined) throw bad(commitId, `it claims ${JSON.stringify(odd)}, which is neither a unit nor a tag`);
  return claims;
}

/** Writes claims; nothing refers to them yet. What has not changed is not written again. */
export function writeClaims(store: Store, claims: Claims, { who, previous, message }: { readonly who: Identity; readonly previous: CommitId | undefined; readonly message: string }): CommitId {
  const files = new Map<string, string[]>();
  for (const name of [...claims.keys()].sort(compareRefNames)) {
    const slash = name.startsWith("tags/") ? 4 : name.lastIndexOf("/");
    const folder = name.slice(0, slash);
    const lines = files.get(folder) ?? [];
    files.set(folder, lines);
    lines.push(`${claims.get(name)} ${name.slice(slash + 1)}\n`);
  }
  const objects: NewObject[] = [];
  const put = <Type extends ObjectType>(type: Type, payload: Uint8Array): IdOf[Type] => {
    objects.push({ type, payload });
    return hashObject(type, payload);
  };
  const blob = (path: string): BlobId => put("blob", Buffer.from(files.get(path)?.join("") ?? "", "utf8"));
  const modules = [...files.keys()].filter((path) => path.startsWith("units/"));
  const units = modules.map((path): TreeEntry => ({ mode: FILE_MODE, name: path.slice("units/".length), id: blob(path) }));
  const top: TreeEntry[] = files.has("tags") ? [{ mode: FILE_MODE, name: "tags", id: blob("tags") }] : [];
  if (units.length > 0) top.push({ mode: TREE_MODE, name: "units", id: put("tree", formatTree(units)) });
  const tree = put("tree", formatTree(top));
  const parents = previous === undefined ? [] : [previous];
  const commit = put("commit", formatCommit({ tree, parents, author: who, committer: who, message: `${message}\n\n${trailers(tree, parents)}` }));
  writeObjects(store, objects, { packFrom: PACK_FROM });
  return commit;
}

/**
 * The claims between `from` and `to`, each of which says by SHA-256 what it names by SHA-1.
 *
 * @returns false when `from` is not an ancestor of `to`
 * @throws VibesafeHashMismatch when one says something else than it names
 */
export function claimsFollow(store: Store, from: CommitId | undefined, to: CommitId): boolean {
  for (let id: CommitId | undefined = to; id !== undefined; ) {
    if (id === from) return true;
    const commit: Commit = readCommit(store, id);
    checkTrailers(commit, id);
    id = commit.parents[0];
  }
  return from === undefined;
}

function checkTrailers({ tree, parents, message }: Commit, id: CommitId): void {
  if (parents.length > 1 || !message.endsWith(`\n\n${trailers(tree, parents)}`)) throw bad(id, "its message does not say what it names");
}

function trailers(tree: TreeId, parents: readonly CommitId[]): string {
  return `Vibesafe-Claims: ${tree}\nVibesafe-Previous: ${parents[0] ?? "none"}\n`;
}

function claimFiles(store: Store, tree: TreeId, commitId: CommitId): { path: string; id: BlobId }[] {
  return readTree(store, tree).flatMap(({ mode, name, id }) => {
    if (name === "tags" && mode === FILE_MODE) return [{ path: name, id: id as BlobId }];
    if (name !== "units" || mode !== TREE_MODE) throw bad(commitId, `it holds ${JSON.stringify(name)}`);
    return readTree(store, id as TreeId).map((entry) => {
      if (entry.mode !== FILE_MODE) throw bad(commitId, `it holds units/${JSON.stringify(entry.name)} of mode ${entry.mode}`);
      return { path: `units/${entry.name}`, id: entry.id as BlobId };
    });
  });
}

function* parseLines(text: string, commitId: CommitId): Generator<[string, ObjectId]> {
  let last: string | undefined;
  for (const line of text.split(/(?<=\n)/)) {
    const [, id = "", name = ""] = /^([0-9a-f]{64}) ([^\n]+)\n$/.exec(line) ?? [];
    if (!isId(id) || (last !== undefined && compareRefNames(last, name) >= 0)) throw bad(commitId, `it has the line ${JSON.stringify(line.slice(0, 200))}`);
    last = name;
    yield [name, id];
  }
}

function bad(commitId: CommitId, why: string): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`the host's claims ${commitId} are none: ${why}`, { remedy: "nothing was moved here; ask whoever pushed last" });
}
