/**
 * Where a remote is, and by which way it is reached (git-fetch(1), "GIT URLS").
 *
 * @module
 */

import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { VibesafeUsageError } from "../errors.ts";

/** What a URL carries of a person's secrets. */
export interface UserInfo {
  readonly username: string;
  readonly password: string;
}

export type RemoteAddress =
  | { readonly kind: "http"; /** Without user, password and slash at the end. */ readonly url: string; readonly user: UserInfo | undefined }
  | { readonly kind: "ssh"; readonly host: string; readonly port: string | undefined; readonly path: string }
  | { readonly kind: "path"; readonly path: string };

/**
 * Reads a remote's URL. What could make git or ssh run a command (`ext::`, a host that begins with a dash) is refused: the
 * store's config comes from others, with the project.
 *
 * @param root - what a relative path starts from
 * @throws VibesafeUsageError when it is of no kind that vibesafe knows
 */
export function parseRemoteUrl(text: string, root: string): RemoteAddress {
  if (text === "" || /[\0-\x1f\x7f]/.test(text)) throw odd(text, "it is empty or holds control characters");
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === "http" || scheme === "https") return parseHttp(text);
  if (scheme === "ssh" || scheme === "git+ssh" || scheme === "ssh+git") return parseSsh(text);
  if (scheme === "file") return { kind: "path", path: filePath(text) };
  if (scheme !== undefined) throw odd(text, `vibesafe does not speak ${scheme}`);
  if (/^[A-Za-z0-9+.-]+::/.test(text)) throw odd(text, "remote helpers are not run");
  // As git: a colon before the first slash makes it ssh's, unless it is a drive.
  const [, host, path] = /^((?:[^/:@[\]]+@)?(?:[^/:@[\]]+|\[[0-9A-Fa-f:.]+\])):(.*)$/s.exec(text) ?? [];
  if (host !== undefined && path !== undefined && !isAbsolute(text)) return ssh(text, host, undefined, path);
  return { kind: "path", path: resolve(root, text) };
}

/** A URL as it may be shown, logged and kept: without its password, and without a user that may be a token. */
export function withoutSecrets(text: string): string {
  return text.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/?#]*)@/, (whole, scheme: string) => (/^(?:git\+)?ssh/i.test(scheme) && !/:[^@/]*@/.test(whole) ? whole : scheme));
}

/** Takes from a text whatever looks like a URL's secret: for messages of libraries and servers. */
export function redact(text: string): string {
  return text.replace(/\b(https?:\/\/)[^\s/@]+@/gi, "$1").replace(/\b(authorization:?\s+\w+\s+)\S+/gi, "$1***");
}

/** A folder's name from a URL, as `git clone` takes it. */
export function folderNameOf(text: string): string | undefined {
  const name = text.replace(/[/\\]+$/, "").replace(/[/\\]\.git$/, "").split(/[/\\:]/).at(-1)?.replace(/\.git$/, "");
  return name === undefined || name === "" || name === "." || name === ".." || name.startsWith("-") ? undefined : name;
}

function parseHttp(text: string): RemoteAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    // What the URL parser says repeats the URL, secrets and all.
    if (error instanceof TypeError) throw odd(text, "it is no URL");
    throw error;
  }
  const user = url.username === "" && url.password === "" ? undefined : { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  url.username = "";
  url.password = "";
  url.hash = "";
  return { kind: "http", url: url.href.replace(/\/+$/, ""), user };
}

function parseSsh(text: string): RemoteAddress {
  const [, host, port, path] = /^[^:]+:\/\/((?:[^/@]*@)?(?:[^/:@[\]]+|\[[0-9A-Fa-f:.]+\]))(?::(\d+))?(\/.*)$/s.exec(text) ?? [];
  if (host === undefined || path === undefined) throw odd(text, "it is no ssh URL");
  return ssh(text, host, port, path.replace(/^\/~/, "~"));
}

function ssh(text: string, host: string, port: string | undefined, path: string): RemoteAddress {
  const bare = host.replace(/:[^@]*@/, "@").replace(/[[\]]/g, "");
  if (bare.startsWith("-") || bare.includes("@-") || path.startsWith("-") || path === "") throw odd(text, "its host or path would be read as an option");
  return { kind: "ssh", host: bare, port, path };
}

function filePath(text: string): string {
  try {
    return fileURLToPath(text);
  } catch (error) {
    if (error instanceof TypeError) throw odd(text, error.message);
    throw error;
  }
}

function odd(text: string, why: string): VibesafeUsageError {
  return new VibesafeUsageError(`cannot use the remote ${JSON.stringify(withoutSecrets(text).slice(0, 300))}: ${why}`, {
    remedy: "give an http(s) or ssh URL, host:path, or a local path",
  });
}
