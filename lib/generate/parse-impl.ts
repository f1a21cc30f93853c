/**
 * From the text of a generated module to its syntax: whatever a model may write, nothing here crashes.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { tryParseModule, type Module } from "../spec/parse.ts";
import { isWellFormed } from "../store/text.ts";
import type { Problem } from "./report.ts";

/** Longest module, in bytes; a hundred times what people write by hand. */
const MAX_BYTES = 1024 * 1024;

/**
 * Tokens that are parsed without a trial run. oxc-parser takes a native stack frame or more for each level of nesting, and a level
 * needs a token: its stack overflows, and the process dies, from some 1,500 levels on (measured, 8 MiB stack).
 */
const SAFE_TOKENS = 1200;

/** Parses `impl.ts`, or tells why it cannot be parsed. */
export function parseImpl(impl: string): Module | Problem {
  const bad = textProblem(impl);
  if (bad !== undefined) return bad;
  if (tokensIn(impl) > SAFE_TOKENS && !parsesElsewhere(impl)) return problem("syntax", "the code nests too deeply to be parsed");
  const parsed = tryParseModule(impl, "impl.ts");
  if ("module" in parsed)
    return parsed.module.program.hashbang ? problem("syntax", "a module that is no program has no hashbang") : parsed.module;
  const { line, column, error } = parsed.problem;
  return { ...problem("syntax", error.message.replace(/^impl\.ts:\d+:\d+: /, "")), line, column };
}

/** Why a text is no source, before anybody parses it. */
function textProblem(impl: string): Problem | undefined {
  const size = Buffer.byteLength(impl);
  if (size > MAX_BYTES) return problem("size", `the code has ${size} bytes; the limit is ${MAX_BYTES}`);
  // Stored as UTF-8 it would be other text than was judged.
  if (!isWellFormed(impl)) return problem("text", "the code holds a lone surrogate; write it as an escape");
  const at = impl.search(/[\0\u202A-\u202E\u2066-\u2069\uFEFF]/);
  if (at === -1) return undefined;
  const before = impl.slice(0, at).split("\n");
  const name = `U+${impl.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0")}`;
  const text = problem("text", `the code holds ${name}, which readers do not see; write it as an escape`);
  return { ...text, line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function problem(rule: string, message: string): Problem {
  return { stage: "validate", rule, line: 1, column: 1, message };
}

/** No fewer than there are tokens, whatever the text: a level of nesting takes one at least. */
function tokensIn(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(/[\p{L}\p{N}_$\u200C\u200D]+|[^\s\p{L}\p{N}_$]/gu)) count += 1;
  return count;
}

const TRIAL = `
import { readFileSync } from "node:fs";
import { parseSync } from ${JSON.stringify(import.meta.resolve("oxc-parser"))};
parseSync("impl.ts", readFileSync(0, "utf8"), { lang: "ts", sourceType: "module", astType: "ts", preserveParens: false }).program;
`;

/** Parses in a process of its own, which may die of it. */
function parsesElsewhere(impl: string): boolean {
  const { status } = spawnSync(process.execPath, ["--input-type=module", "--eval", TRIAL], {
    input: impl,
    env: {},
    stdio: ["pipe", "ignore", "ignore"],
    windowsHide: true,
    timeout: 30_000,
  });
  return status === 0;
}
