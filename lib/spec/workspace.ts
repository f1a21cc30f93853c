/**
 * The files of a project as one command sees them: each is read and parsed once.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { VibesafeTypeError } from "../errors.ts";
import type { Project } from "../project/project.ts";
import { extractSpecs } from "./extract.ts";
import { tryParseModule, type Module, type Parsed } from "./parse.ts";
import type { Spec, SpecProblem } from "./types.ts";

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
  /** Like `module`, with what is wrong as data. */
  parsed(file: string): Parsed | undefined;
}

export interface SpecsAndProblems {
  readonly specs: readonly Spec[];
  readonly problems: readonly SpecProblem[];
}

export function createWorkspace(project: Project): Workspace {
  const texts = new Map<string, ReturnType<typeof readText>>();
  const modules = new Map<string, Parsed | undefined>();
  const read = (file: string): ReturnType<typeof readText> => {
    const path = resolve(project.root, file);
    if (!texts.has(path)) texts.set(path, readText(path, fromRoot(project, path)));
    return texts.get(path);
  };
  const parsed = (file: string): Parsed | undefined => {
    const path = resolve(project.root, file);
    if (!modules.has(path)) {
      const text = read(path);
      modules.set(path, typeof text === "string" ? tryParseModule(text, fromRoot(project, path)) : text);
    }
    return modules.get(path);
  };
  return {
    project,
    parsed,
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
  };
}

/**
 * The specs of one file; none when there is no such file.
 *
 * @param file - absolute, or from the project root
 */
export function readSpecs(workspace: Workspace, file: string): SpecsAndProblems {
  const parsed = workspace.parsed(file);
  if (parsed === undefined) return { specs: [], problems: [] };
  if ("problem" in parsed) return { specs: [], problems: [parsed.problem] };
  return extractSpecs(parsed.module, fromRoot(workspace.project, file), workspace.project.config.policy.allow);
}

/** POSIX path from the project root; begins with `../` or is absolute for a file outside. */
export function fromRoot(project: Project, file: string): string {
  return relative(project.root, resolve(project.root, file)).split(sep).join("/");
}

/** Codes of node:fs for "there is no file here". */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

function readText(path: string, file: string): string | undefined | { readonly problem: SpecProblem } {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && typeof cause.code === "string")) throw cause;
    if (ABSENT.has(cause.code)) return undefined;
    return unreadable(file, `cannot be read (${cause.code})`, "make it a readable file, or exclude it in vibesafe.toml", cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return unreadable(file, "is not UTF-8", "save it as UTF-8, or exclude it in vibesafe.toml", cause);
  }
}

function unreadable(file: string, what: string, remedy: string, cause: Error): { readonly problem: SpecProblem } {
  const error = new VibesafeTypeError(`${file}:1:1: ${what}`, { remedy, cause });
  return { problem: { file, line: 1, column: 1, error } };
}
