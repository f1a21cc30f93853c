/**
 * Commit objects.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { formatHeaders, parseHeaders, type Header } from "./headers.ts";
import { ID_HEX, parseId, type CommitId, type TreeId } from "./id.ts";
import { formatIdentity, parseIdentity, type Identity } from "./identity.ts";

export type { Identity } from "./identity.ts";
export type { Header } from "./headers.ts";

export interface Commit {
  readonly tree: TreeId;
  readonly parents: readonly CommitId[];
  readonly author: Identity;
  readonly committer: Identity;
  /** Headers beyond git's four (`encoding`, `gpgsig`, …), in order. */
  readonly extraHeaders?: readonly Header[];
  /** Everything below the blank line, as it stands. */
  readonly message: string;
}

/**
 * Reads a commit.
 *
 * @throws VibesafeStoreError when a header is missing, repeated, out of order or malformed
 */
export function parseCommit(payload: Uint8Array): Commit {
  const { headers, message } = parseHeaders(payload, "commit");
  let next = 0;
  const take = (key: string): string => {
    const header = headers[next];
    if (header?.key !== key) throw bad(`no ${key} line where it belongs`);
    next += 1;
    return header.value;
  };
  const tree = parseId<"tree">(take("tree"));
  const parents: CommitId[] = [];
  while (headers[next]?.key === "parent") parents.push(parseId<"commit">(take("parent")));
  const authorLine = take("author");
  const committerLine = take("committer");
  const author = parseIdentity(authorLine, "commit");
  // Most saves are committed by their author, at once.
  const committer = committerLine === authorLine ? author : parseIdentity(committerLine, "commit");
  const extraHeaders = headers.slice(next);
  checkExtra(extraHeaders);
  return { tree, parents, author, committer, ...(extraHeaders.length > 0 && { extraHeaders }), message };
}

const TREE_LINE = "tree ".length + ID_HEX + 1;
const PARENT_LINE = "parent ".length + ID_HEX + 1;

/**
 * The parents of a commit, without a look at the rest: for walks that ask for nothing else.
 *
 * @throws VibesafeStoreError when its first lines are no tree and parents
 */
export function parseParents(payload: Uint8Array): CommitId[] {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  // Copies, not parts of one text: who keeps an id keeps nothing else.
  if (!/^tree [0-9a-f]{64}\n$/.test(bytes.toString("latin1", 0, TREE_LINE))) throw bad("no tree line where it belongs");
  const parents: CommitId[] = [];
  for (let at = TREE_LINE; bytes[at] === LETTER_P; at += PARENT_LINE) {
    if (bytes.toString("latin1", at, at + 7) !== "parent " || bytes[at + PARENT_LINE - 1] !== LINE_FEED) throw bad("no parent line where it belongs");
    parents.push(parseId<"commit">(bytes.toString("latin1", at + 7, at + 7 + ID_HEX)));
  }
  return parents;
}

const LETTER_P = 0x70;
const LINE_FEED = 0x0a;

/**
 * Writes a commit.
 *
 * @throws VibesafeStoreError when an identity, extra header or the message cannot stand in a commit
 */
export function formatCommit(commit: Commit): Uint8Array {
  const extraHeaders = commit.extraHeaders ?? [];
  checkExtra(extraHeaders);
  const headers: Header[] = [
    { key: "tree", value: commit.tree },
    ...commit.parents.map((parent) => ({ key: "parent", value: parent })),
    { key: "author", value: formatIdentity(commit.author) },
    { key: "committer", value: formatIdentity(commit.committer) },
    ...extraHeaders,
  ];
  return formatHeaders({ headers, message: commit.message }, "commit");
}

function checkExtra(headers: readonly Header[]): void {
  for (const { key } of headers) {
    if (key === "tree" || key === "parent" || key === "author" || key === "committer") throw bad(`${key} line out of place`);
  }
}

function bad(detail: string): VibesafeStoreError {
  return new VibesafeStoreError(`bad commit: ${detail}`, { remedy: "run `vibe fsck`" });
}
