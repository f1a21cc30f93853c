/**
 * Replies that were paid for, kept so that the same question is not asked twice. Deleting them loses time and money, nothing else.
 *
 * @module
 */

import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import type { ProviderConfig } from "../project/config.ts";
import type { Project } from "../project/project.ts";
import type { BlobId } from "../store/id.ts";
import type { Completion } from "./providers/provider.ts";
import { baseUrlOf } from "./providers/openai-compatible.ts";

/** Everything that an answer depends on, and who was asked: the same model name at another address is another model. */
export interface CacheKey {
  readonly config: ProviderConfig;
  readonly specHash: BlobId;
  readonly prompt: string;
  readonly attempt: number;
}

interface Entry {
  readonly format: 1;
  readonly key: string;
  /** SHA-256 of the completion's JSON. */
  readonly digest: string;
  readonly completion: Completion;
}

/** The cached answer, or undefined; a damaged entry counts as none. */
export function readCached(project: Project, key: CacheKey): Completion | undefined {
  if (key.config.kind === "replay") return undefined;
  const name = nameOf(key);
  let text: string;
  try {
    text = readFileSync(pathOf(project, name), "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw broken("read", cause);
  }
  const entry = parseEntry(text);
  return entry?.key === name && entry.digest === digestOf(entry.completion) ? entry.completion : undefined;
}

/** Keeps an answer in place of what was there. Does nothing for `replay`, whose answers are files already. */
export function writeCached(project: Project, key: CacheKey, completion: Completion): void {
  if (key.config.kind === "replay") return;
  const name = nameOf(key);
  const path = pathOf(project, name);
  const entry: Entry = { format: 1, key: name, digest: digestOf(completion), completion };
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, `${JSON.stringify(entry, undefined, 2)}\n`, { flag: "wx" });
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw broken("write", cause);
  }
}

/** Name of the entry: SHA-256, in hex, over the parts, each after its length, so that no two lists of parts read the same. */
function nameOf({ config, specHash, prompt, attempt }: CacheKey): string {
  const asked = config.kind === "command" ? JSON.stringify(config.command) : baseUrlOf(config);
  const hash = createHash("sha256");
  for (const part of ["vibesafe response 1", config.kind, asked, config.model, specHash, prompt, String(attempt)]) {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(bytes.length));
    hash.update(length).update(bytes);
  }
  return hash.digest("hex");
}

function pathOf(project: Project, name: string): string {
  return join(project.storeDir, "cache", "responses", `${name}.json`);
}

function digestOf(completion: Completion): string {
  return createHash("sha256").update(JSON.stringify(completion)).digest("hex");
}

function parseEntry(text: string): Entry | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isEntry(entry) ? entry : undefined;
}

/** What lies inside a completion is vouched for by the digest, which only a whole entry of ours has. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null || !("completion" in value) || !("key" in value) || !("digest" in value)) return false;
  const { completion } = value;
  if (typeof completion !== "object" || completion === null || !("text" in completion) || !("model" in completion)) return false;
  return "format" in value && value.format === 1 && typeof completion.text === "string" && typeof completion.model === "string";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function broken(verb: string, cause: unknown): VibesafeStoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VibesafeStoreError(`cannot ${verb} the response cache: ${reason}`, {
    cause,
    remedy: "make cache/responses in the store a folder that can be written, or delete it",
  });
}
