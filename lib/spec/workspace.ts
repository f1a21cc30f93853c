/**
 * The files of a project as one command sees them: each is read and parsed once.
 *
 * @module
 */

import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { VibesafeTypeError, VibesafeUsageError } from "../errors.ts";
import type { Project } from "../project/project.ts";
import { extractSpecs, type SpecsAndProblems } from "./extract.ts";
import { tryParseModule, type Module, type Parsed } from "./parse.ts";
import { stampOf, type FileStamp } from "./stamp.ts";
import { perWorkspace } from "./per-workspace.ts";
import type { SpecProblem } from "./types.ts";
import { modulePathOf } from "./unit-id.ts";

export type { SpecsAndProblems };

/** Lives as long as one command: what it has read once it does not read again. */
export interface Workspace {
  readonly project: Project;
  /**
   * Text of a file, byte order mark included; undefined when there is no such file.
   *
   * @param file - absolute, or from the project root
   * @throws VibesafeTypeError when it cannot be read or is not UTF-8
   */
  text(file: string): string | undefined;
  /**
   * A parsed file; undefined when there is no such file.
   *
   * @param file - absolute, or from the project root
   * @throws VibesafeTypeError when it cannot be read or parsed
   */
  module(file: string): Module | undefined;
  /** Whether a file's bytes hold this ASCII word, or cannot be read; false when there is no such file. Keeps nothing of the others. */
  mentions(file: string, word: string): boolean;
  /** Like `module`, with what is wrong as data. */
  parsed(file: string): Parsed | undefined;
  /** Forgets the tree of a file that is done with; who asks again makes it be parsed again. A tree is a hundred times as large as its text. */
  release(file: string): void;
  /** Bytes of a file that is no code; undefined when there is no such file. @throws VibesafeTypeError when it cannot be read */
  bytes(file: string): Uint8Array | undefined;
  /** SHA-256 of the very bytes that this workspace has read, or reads now; undefined when there is no such file, or it cannot be read. */
  digest(file: string): string | undefined;
  /** Of a file that was read as it was just before: a later change of the file shows as a change of the stamp. */
  stamp(file: string): FileStamp | undefined;
}

export function createWorkspace(project: Project): Workspace {
  const texts = new Map<string, string | Unreadable | undefined>();
  const data = new Map<string, Buffer | Unreadable | undefined>();
  const stamps = new Map<string, FileStamp | undefined>();
  const digests = new Map<string, string>();
  const modules = new Map<string, Parsed | undefined>();
  const readStamped = (path: string): Buffer | Unreadable | undefined => {
    if (!stamps.has(path)) stamps.set(path, stampOf(path));
    return readBytes(path, fromRoot(project, path));
  };
  const absolutes = new Map<string, string>();
  const absolute = (file: string): string => {
    let path = absolutes.get(file);
    if (path === undefined) absolutes.set(file, (path = resolve(project.root, file)));
    return path;
  };
  const read = (file: string): string | Unreadable | undefined => {
    const path = absolute(file);
    if (!texts.has(path)) texts.set(path, decode(data.get(path) ?? readStamped(path), fromRoot(project, path)));
    return texts.get(path);
  };
  const readData = (path: string): Buffer | Unreadable | undefined => {
    if (!data.has(path)) data.set(path, readStamped(path));
    return data.get(path);
  };
  const parsed = (file: string): Parsed | undefined => {
    const path = absolute(file);
    if (!modules.has(path)) {
      const text = read(path);
      modules.set(path, typeof text === "string" ? tryParseModule(text, fromRoot(project, path)) : text);
    }
    return modules.get(path);
  };
  return {
    project,
    parsed,
    mentions(file, word) {
      const path = absolute(file);
      const known = texts.get(path);
      if (typeof known === "string") return known.includes(word);
      const bytes = readStamped(path);
      const found = Buffer.isBuffer(bytes) ? bytes.includes(word) : bytes !== undefined;
      // Other files may be large and are many: only what will be parsed is kept.
      if (found) texts.set(path, decode(bytes, fromRoot(project, path)));
      return found;
    },
    text(file) {
      const text = read(file);
      if (typeof text === "object") throw text.problem.error;
      return text;
    },
    module(file) {
      const result = parsed(file);
      if (result !== undefined && "problem" in result) throw result.problem.error;
      return result?.module;
    },
    release: (file) => void modules.delete(absolute(file)),
    bytes(file) {
      const bytes = readData(absolute(file));
      if (bytes !== undefined && "problem" in bytes) throw bytes.problem.error;
      return bytes;
    },
    digest(file) {
      const path = absolute(file);
      let sha256 = digests.get(path);
      if (sha256 === undefined) {
        // The text of valid UTF-8, byte order mark included, is the bytes themselves.
        const text = texts.get(path);
        const content = typeof text === "string" ? text : readData(path);
        if (content === undefined || (typeof content === "object" && "problem" in content)) return undefined;
        digests.set(path, (sha256 = hash("sha256", content, "hex")));
      }
      return sha256;
    },
    stamp: (file) => stamps.get(absolute(file)),
  };
}

/**
 * The specs of one file; none when there is no such file.
 *
 * @param file - absolute, or from the project root
 */
export function readSpecs(workspace: Workspace, file: string): SpecsAndProblems {
  const known = extracted(workspace);
  const path = fromRoot(workspace.project, file);
  let result = known.get(path);
  if (result === undefined) known.set(path, (result = extract(workspace, path)));
  return result;
}

/** The specs of one file that mentions vibesafe; others are not parsed. */
export function readMentioning(workspace: Workspace, file: string): SpecsAndProblems {
  return workspace.mentions(file, "vibesafe") ? readSpecs(workspace, file) : { specs: [], problems: [] };
}

const extracted = perWorkspace(() => new Map<string, SpecsAndProblems>());

function extract(workspace: Workspace, file: string): SpecsAndProblems {
  const parsed = workspace.parsed(file);
  if (parsed === undefined) return { specs: [], problems: [] };
  if ("problem" in parsed) return { specs: [], problems: [parsed.problem] };
  try {
    modulePathOf(file);
  } catch (cause) {
    if (!(cause instanceof VibesafeUsageError)) throw cause;
    const error = new VibesafeTypeError(`${file}:1:1: no unit may live here: ${cause.message}`, { remedy: cause.remedy, cause });
    return { specs: [], problems: [{ file, line: 1, column: 1, error }] };
  }
  return extractSpecs(parsed.module, file, workspace.project.config.policy.allow);
}

const fromRoots = perWorkspace(() => new Map<string, string>());

/** POSIX path from the project root; begins with `../` or is absolute for a file outside. */
export function fromRoot(project: Project, file: string): string {
  // A file is asked for by every unit that rests on it, and paths are slow to make.
  const known = fromRoots(project);
  let path = known.get(file);
  if (path === undefined) known.set(file, (path = relative(project.root, resolve(project.root, file)).split(sep).join("/")));
  return path;
}

/** Codes of node:fs for "there is no file here". */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

interface Unreadable {
  readonly problem: SpecProblem;
}

function readBytes(path: string, file: string): Buffer | Unreadable | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && typeof cause.code === "string")) throw cause;
    if (ABSENT.has(cause.code)) return undefined;
    return unreadable(file, `cannot be read (${cause.code})`, "make it a readable file, or exclude it in vibesafe.toml", cause);
  }
}

function decode(bytes: Buffer | Unreadable | undefined, file: string): string | Unreadable | undefined {
  if (!Buffer.isBuffer(bytes)) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return unreadable(file, "is not UTF-8", "save it as UTF-8, or exclude it in vibesafe.toml", cause);
  }
}

function unreadable(file: string, what: string, remedy: string, cause: Error): Unreadable {
  const error = new VibesafeTypeError(`${file}:1:1: ${what}`, { remedy, cause });
  return { problem: { file, line: 1, column: 1, error } };
}
