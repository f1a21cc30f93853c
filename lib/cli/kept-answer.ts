/**
 * The answer of an earlier run, with what has changed of that which it rests on: loads neither parser nor store.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CONFIG_FILE, findProjectRoot } from "../project/root.ts";
import { answerFile, readKept, type KeptAnswer } from "../spec/answers.ts";
import { codeIdentity } from "../spec/project-index/key.ts";
import { VERSION } from "../version.ts";
import { answerName } from "./answer-name.ts";

export interface Asked {
  /** Arguments, the command's name first. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether people read it, in colours. */
  readonly colour: boolean;
}

export interface Found {
  readonly root: string;
  readonly file: string;
  readonly kept: KeptAnswer;
}

/** What was kept of a command's answer; it holds if nothing has changed. @param cwd - folder that this process runs in */
export function findKept(asked: Asked & { readonly cwd: string }): Found | undefined {
  const name = answerName(asked.argv);
  const root = name === undefined ? undefined : findProjectRoot(asked.cwd);
  if (name === undefined || root === undefined) return undefined;
  const file = answerFile(storeHint(root), name);
  const kept = readKept(file, answerKey(root, asked), root === asked.cwd ? "" : root);
  return kept && { root, file, kept };
}

/** Everything but files that an answer depends on. */
export function answerKey(root: string, { argv, env, colour }: Asked): string {
  return JSON.stringify([VERSION, codeIdentity(), process.versions.node, root, argv, colour, env["VIBESAFE_ENV"], env["NODE_ENV"]]);
}

/** Where the store is, as far as can be told without parsing: a wrong guess finds no answer, or one whose facts include the configuration. */
function storeHint(root: string): string {
  const named = /^\s*store\s*=\s*["']([^"'\\]+)["']/m.exec(readFileSync(join(root, CONFIG_FILE), "utf8"))?.[1];
  return resolve(root, named ?? ".vibesafe");
}
