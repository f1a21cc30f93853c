/**
 * Remotes: names for hosts, kept in the store's config as git keeps them.
 *
 * @module
 */

import { join, relative, resolve } from "node:path";
import { VibesafeStoreError, VibesafeUsageError } from "../errors.ts";
import { nearest } from "../project/nearest.ts";
import { replaceFile } from "../store/durable.ts";
import { readTextIfPresent } from "../store/files.ts";
import { parseGitConfig } from "../store/git-config.ts";
import { withLocks } from "../store/lock.ts";
import type { Store } from "../store/store.ts";
import { parseRemoteUrl, withoutSecrets } from "./remote-url.ts";

export interface Remote {
  readonly name: string;
  readonly url: string;
}

/** What the host's refs are below. */
export const HOST_REFS = "refs/vibesafe/";
/** The name of the claims, there and among the remote-tracking refs. */
export const CLAIMS = "claims";
export const DEFAULT_REMOTE = "origin";

const CONFIG_LIMIT = 1 << 20;

/** Where what a remote holds is remembered: `units/a.b/f`, `tags/v1`, `claims`. */
export function trackingRef(remote: string, name: string): string {
  return `refs/remotes/${remote}/${name}`;
}

/** Every remote in the order of the config; of several URLs of one name the first counts, as in git. */
export function listRemotes(store: Store): Remote[] {
  const settings = parseGitConfig(readConfig(store));
  if (settings === undefined) throw brokenConfig(store);
  const found = new Map<string, Remote>();
  for (const { key, value } of settings) {
    const name = /^remote\.(.+)\.url$/s.exec(key)?.[1];
    if (name !== undefined && value !== undefined && isRemoteName(name) && !found.has(name)) found.set(name, { name, url: value });
  }
  return [...found.values()];
}

/**
 * The remote of that name.
 *
 * @param word - left out: `origin`, or the only remote there is
 * @throws VibesafeUsageError when there is none
 */
export function remoteNamed(store: Store, word?: string): Remote {
  const remotes = listRemotes(store);
  const [only] = remotes;
  const found = word === undefined ? (remotes.find(({ name }) => name === DEFAULT_REMOTE) ?? (remotes.length === 1 ? only : undefined)) : remotes.find(({ name }) => name === word);
  if (found !== undefined) return found;
  const names = remotes.map(({ name }) => name);
  if (word === undefined) {
    throw new VibesafeUsageError(names.length === 0 ? "there is no remote" : `which remote: ${names.join(", ")}?`, {
      remedy: names.length === 0 ? "run `vibe remote add origin URL`" : "name it, as in `vibe push NAME`",
    });
  }
  const close = nearest(word, names, 2);
  throw new VibesafeUsageError(`no remote ${JSON.stringify(withoutSecrets(word))}`, {
    remedy: close.length === 0 ? `run \`vibe remote add ${isRemoteName(word) ? word : DEFAULT_REMOTE} URL\`` : `did you mean ${close.join(" or ")}?`,
  });
}

export interface AddOptions {
  /** The project's root, which relative paths in the config start from. */
  readonly root: string;
  /** The folder that a relative path was given in. */
  readonly folder: string;
}

/**
 * Adds a remote. A password in the URL is left out: nothing secret is written.
 *
 * @returns the remote as it was written, and whether something secret was left out
 * @throws VibesafeUsageError when the name is taken or none, or the URL is of no known kind
 */
export function addRemote(store: Store, name: string, given: string, { root, folder }: AddOptions): { readonly remote: Remote; readonly stripped: boolean } {
  if (!isRemoteName(name)) throw new VibesafeUsageError(`${JSON.stringify(name)} cannot name a remote`, { remedy: "use letters, digits, dots and dashes" });
  const address = parseRemoteUrl(given, folder);
  const shown = withoutSecrets(given);
  // Relative paths stay relative, to the project's root: the config travels with the project.
  const local = address.kind === "path" && !/^[A-Za-z]+:\/\//.test(given) && given !== address.path;
  const url = local ? (relative(resolve(root), address.path).replaceAll("\\", "/") || ".") : shown;
  editConfig(store, (text) => {
    if (listRemotes(store).some((remote) => remote.name === name)) throw new VibesafeUsageError(`remote ${name} is there already`, { remedy: `run \`vibe remote remove ${name}\` first, or choose another name` });
    return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}[remote "${name}"]\n\turl = ${quote(url)}\n\tfetch = +refs/vibesafe/*:refs/remotes/${name}/*\n`;
  });
  return { remote: { name, url }, stripped: shown !== given };
}

/** Takes a remote out of the config. What is remembered of it is the caller's to delete. @throws VibesafeUsageError when there is none of that name */
export function removeRemote(store: Store, name: string): Remote {
  const remote = remoteNamed(store, name);
  editConfig(store, (text) => {
    const lines = text.split("\n");
    let inside = false;
    const kept = lines.filter((line) => {
      const header = /^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line);
      if (header !== null) inside = header[1]?.toLowerCase() === "remote" && header[2]?.replace(/\\(.)/g, "$1") === name;
      return !inside;
    });
    return kept.join("\n").replace(/\n*$/, "\n");
  });
  return remote;
}

function isRemoteName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) && !name.includes("..") && !name.endsWith(".") && !name.endsWith(".lock");
}

function readConfig(store: Store): string {
  return readTextIfPresent(join(store.dir, "config"), CONFIG_LIMIT) ?? "";
}

function editConfig(store: Store, edit: (text: string) => string): void {
  const path = join(store.dir, "config");
  withLocks(store, (lock) => {
    lock(path);
    const text = edit(readConfig(store));
    if (parseGitConfig(text) === undefined) throw brokenConfig(store);
    replaceFile(store, path, Buffer.from(text, "utf8"));
  });
}

function quote(value: string): string {
  return /^[^\s"\\#;](?:[^"\\#;\n]*[^\s"\\#;])?$/.test(value) ? value : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function brokenConfig(store: Store): VibesafeStoreError {
  return new VibesafeStoreError(`${join(store.dir, "config")} is not in git's syntax`, { remedy: "mend it, or restore it from version control" });
}
