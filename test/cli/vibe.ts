/**
 * The command line in this process, on a temporary project, with nothing of the machine around it.
 *
 * @module
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../../lib/cli/main.ts";
import type { Attempt } from "../../lib/spec/checkpoint/provenance.ts";
import { tempDir } from "../temp.ts";

export const REPOSITORY: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Author and committer of every commit that the tests make. */
export const IDENTITY: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: "Ada Lovelace",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada Lovelace",
  GIT_COMMITTER_EMAIL: "ada@example.org",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

export interface Ran {
  readonly status: number;
  readonly out: string;
  /** `out` before it was read as text. */
  readonly bytes: Buffer;
  readonly err: string;
  /** The one JSON document on stdout. */
  json(): Document;
}

export interface ErrorEntry {
  readonly code: string;
  readonly stage: string;
  readonly failure?: string;
  readonly message: string;
  readonly remedy: string;
}

/** One entry of `results` or `units`, as far as any command fills it. */
export interface Entry {
  readonly id: string;
  readonly status: string;
  readonly passed: boolean;
  readonly file: string;
  readonly line: number;
  readonly specHash: string;
  readonly checkpointHash: string;
  readonly commit: string;
  readonly cached: boolean;
  readonly attempts: number;
  readonly history: readonly Attempt[];
  readonly unverified?: boolean;
  readonly error?: ErrorEntry;
  readonly gates: readonly { readonly name: string; readonly passed: boolean; readonly durationMs: number; readonly message?: string }[];
  readonly changes: readonly { readonly field: string; readonly text: string }[];
  readonly problems: readonly string[];
}

/** What the commands print with `--json`, all in one. */
export interface Document {
  readonly results: readonly [Entry, ...Entry[]];
  readonly units: readonly [Entry, ...Entry[]];
  readonly errors: readonly (ErrorEntry & { readonly id: string; readonly file: string; readonly line: number })[];
  readonly commits: readonly { readonly id: string; readonly date: string; readonly message: string }[];
  readonly error: ErrorEntry;
  readonly created: readonly string[];
  readonly ok: boolean;
  readonly to: string;
  readonly drift: boolean;
  readonly entries: readonly unknown[];
  readonly tags: readonly unknown[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly outIsTerminal?: boolean;
  readonly errIsTerminal?: boolean;
  /** What is piped in. */
  readonly input?: string | Uint8Array;
}

/** Runs `vibe` in `folder`. */
export async function vibe(folder: string, argv: readonly string[], { env = {}, signal = new AbortController().signal, outIsTerminal = false, errIsTerminal = false, input = "" }: RunOptions = {}): Promise<Ran> {
  const chunks: Uint8Array[] = [];
  let err = "";
  const status = await main(argv, {
    cwd: folder,
    env: { ...IDENTITY, HOME: folder, ...env },
    out: (text) => void chunks.push(Buffer.from(text)),
    outBytes: (bytes) => void chunks.push(bytes),
    input: piped(input),
    err: (text) => void (err += text),
    outIsTerminal,
    errIsTerminal,
    signal,
  });
  const bytes = Buffer.concat(chunks);
  const out = bytes.toString("utf8");
  return { status, out, bytes, err, json: () => JSON.parse(out) };
}

async function* piped(input: string | Uint8Array): AsyncGenerator<Uint8Array> {
  // In pieces, as a pipe gives them.
  const bytes = Buffer.from(input);
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

export type Files = Readonly<Record<string, string>>;

export const REPLAY_CONFIG = '[provider.default]\nkind = "replay"\n';

/** A temporary project of `files`, in which `vibesafe` resolves to this repository; `vibesafe.toml` is the replay provider unless given. */
export function project(t: Parameters<typeof tempDir>[0], files: Files): string {
  const folder = tempDir(t);
  write(folder, { "vibesafe.toml": REPLAY_CONFIG, "package.json": '{ "type": "module", "private": true }\n', ...files });
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(REPOSITORY, join(folder, "node_modules", "vibesafe"), "junction");
  return folder;
}

export function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

export function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** git's own word on the project's store. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync("git", ["--git-dir=.vibesafe", ...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs a command, checks its exit status, and that git finds no fault with the store afterwards. */
export async function step(folder: string, status: number, ...argv: string[]): Promise<Ran> {
  const ran = await vibe(folder, argv);
  assert.equal(ran.status, status, `vibe ${argv.join(" ")}\n${ran.out}${ran.err}`);
  git(folder, "fsck", "--strict", "--full", "--no-dangling");
  return ran;
}

/** Every file below the folder but installed packages: path -> content and time of change. */
export function snapshot(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory()) for (const [name, content] of snapshot(path)) files.set(`${entry.name}/${name}`, content);
    else files.set(entry.name, `${statSync(path).mtimeMs} ${readFileSync(path, "latin1")}`);
  }
  return files;
}

/** Source of a unit `name` with `examples`, each an expression and what it gives. */
export function spec(name: string, signature: string, examples: readonly (readonly [string, string])[]): string {
  const doc = examples.map(([source, expected]) => ` * >>> ${source}\n * ${expected}\n`).join("");
  return `/**\n * What ${name} does.\n *\n${doc} */\nexport const ${name} = vibesafe.func(function ${name}${signature} {\n  throw new VibesafeHandled();\n});\n`;
}

export const IMPORT = 'import { vibesafe, VibesafeHandled } from "vibesafe";\n\n';

export function reply(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\`\n`;
}

/** One unit, `src.math/double`, and a reply that passes. */
export const DOUBLE: Files = {
  "src/math.ts": IMPORT + spec("double", "(n: number): number", [["double(2)", "4"], ["double(-1)", "-2"]]),
  "replies/src.math/double.md": reply("export function double(n: number): number {\n  return 2 * n;\n}"),
};
