/**
 * What all entries of an index depend on: where it does not match, none is used.
 *
 * @module
 */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Project } from "../../project/project.ts";
import { VERSION } from "../../version.ts";

/** Text that differs where the code, the Node that runs it, the project's place or a setting that specs depend on differs. */
export function indexKey({ root, storeDir, config }: Project): string {
  const providers = [...config.providers].map(([name, { kind, model, temperature, seed, max_tokens, reasoning_effort }]) => [
    name,
    kind,
    model,
    temperature,
    seed,
    max_tokens,
    reasoning_effort,
  ]);
  const { include, exclude, paths, prompts, policy } = config;
  return JSON.stringify([VERSION, codeIdentity(), process.versions.node, root, storeDir, include, exclude, paths, prompts, policy, providers]);
}

const PROGRAM = new URL("../../../bin/vibe.js", import.meta.url);

/** Tells builds of one version apart: who works on vibesafe itself must not be answered by the code of a minute ago. */
export function codeIdentity(): string {
  // A build makes its program anew, whatever changed.
  const own = fileURLToPath(import.meta.url);
  if (own.endsWith(".js")) return identityOf(existsSync(PROGRAM) ? PROGRAM : own);
  const folder = fileURLToPath(new URL("../..", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return files.sort().map((name) => identityOf(join(folder, name))).join(" ");
}

function identityOf(file: string | URL): string {
  const { size, mtimeMs, ino } = statSync(file);
  return `${size} ${mtimeMs} ${ino}`;
}
