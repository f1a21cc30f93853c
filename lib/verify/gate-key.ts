/**
 * What a verdict depends on besides the code and its spec.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import type { Workspace } from "../spec/workspace.ts";

/** Raise it when a gate or the sandbox judges differently than before. */
const GATES_VERSION = 5;

/** Configurations of oxlint that count, in the project root; the first there is. What a `.ts` one imports is not looked at. */
export const LINT_CONFIGS: readonly string[] = [".oxlintrc.json", ".oxlintrc.jsonc", "oxlint.config.ts"];

const require = createRequire(import.meta.url);

/** Version of a package that vibesafe depends on, or undefined when it is not installed. */
export function toolVersion(name: string): string | undefined {
  if (!versions.has(name)) versions.set(name, readVersion(name));
  return versions.get(name);
}

/** A process uses the packages that it began with: what is installed meanwhile counts for the next one. */
const versions = new Map<string, string | undefined>();

function readVersion(name: string): string | undefined {
  const manifest = toolFile(name, "package.json");
  const text = manifest === undefined ? undefined : readIfThere(manifest);
  if (text === undefined) return undefined;
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === "object" && parsed !== null && "version" in parsed && typeof parsed.version === "string" ? parsed.version : undefined;
}

/** Path of a file inside a package that vibesafe depends on, or undefined when the package is not installed. */
export function toolFile(name: string, file: string): string | undefined {
  // Not require.resolve(`${name}/package.json`): a package may hide it, and the packages' own exports hide their programs.
  for (const folder of require.resolve.paths(name) ?? []) {
    const root = join(folder, name);
    if (readIfThere(join(root, "package.json")) !== undefined) return join(root, file);
  }
  return undefined;
}

/** Digest of everything but the subject that a verdict depends on, as hex digits. */
export function gateKey(workspace: Workspace): string {
  const { root, config } = workspace.project;
  const facts = {
    gates: GATES_VERSION,
    node: process.versions.node.split(".")[0],
    tools: ["typescript", "oxlint", "esbuild", "fast-check"].map((name) => toolVersion(name) ?? null),
    sandbox: config.sandbox,
    settings: config.gates,
    allow: [...config.policy.allow].sort(),
    tsconfig: configChain(join(root, "tsconfig.json")),
    lint: LINT_CONFIGS.map((name) => readIfThere(join(root, name)) ?? null),
  };
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

/** Texts of a tsconfig and of those that it extends by relative path; a package's settings move with its version only. */
function configChain(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const text = readIfThere(path);
  if (text === undefined) return [];
  const parents = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(text)?.[1]?.match(/"[^"]*"/g) ?? [];
  return [text, ...parents.flatMap((quoted) => {
    const name = quoted.slice(1, -1);
    if (!name.startsWith(".")) return [name];
    const target = resolve(dirname(path), name);
    return configChain(target.endsWith(".json") ? target : `${target}.json`, seen);
  })];
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw error;
  }
}
