/**
 * `vibesafe.toml`: its shape, its defaults, and a reader that refuses what it does not know.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import { VibesafeConfigError } from "../errors.ts";
import { GATES_SHAPE, gatesConfigOf, type GatesConfig } from "./gates-config.ts";
import { nearest } from "./nearest.ts";

export type Mode = "dev" | "prod";

export type ProviderKind = "replay" | "command" | "openai-compatible";

export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh";

/** One `[provider.NAME]` table. Times are in seconds. */
export interface ProviderConfig {
  readonly name: string;
  readonly kind: ProviderKind;
  readonly model: string;
  readonly temperature?: number;
  readonly seed?: number;
  readonly max_tokens?: number;
  readonly reasoning_effort?: ReasoningEffort;
  readonly service_tier?: string;
  readonly base_url?: string;
  readonly api_key_env?: string;
  readonly timeout: number;
  /** `replay`: folder of the recorded replies, from the project root. */
  readonly replies: string;
  /** `command`: program and arguments. */
  readonly command?: readonly string[];
}

export interface Config {
  readonly env?: Mode;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly providers: ReadonlyMap<string, ProviderConfig>;
  readonly paths: { readonly store: string; readonly generated: string; readonly tests: string };
  readonly prompts: { readonly function?: string; readonly http?: string };
  readonly compile: { readonly max_attempts: number; readonly concurrency: number };
  /** `timeout` in seconds, `memory_mb` in MiB, both for one unit. */
  readonly sandbox: { readonly enabled: boolean; readonly timeout: number; readonly memory_mb: number };
  readonly gates: GatesConfig;
  readonly policy: { readonly allow: readonly string[] };
  /** `reuse`: whether saves that are known for a spec are tried before a model is asked. */
  readonly sync: { readonly reuse: boolean };
  /** `freeze`: whether a save records the packages that it was verified with. */
  readonly save: { readonly freeze: boolean };
  /** `deps`: what production does where other packages are installed than a save froze. */
  readonly runtime: { readonly deps: "error" | "warn" };
}

type Check = (value: unknown) => string | undefined;

const text: Check = (value) => (typeof value === "string" && value !== "" ? undefined : "a non-empty string");
const texts: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === "string") ? undefined : "a list of strings";
const flag: Check = (value) => (typeof value === "boolean" ? undefined : "true or false");
const number = (min: number, max: number): Check => (value) =>
  typeof value === "number" && value >= min && value <= max ? undefined : `a number from ${min} to ${max}`;
const integer = (min: number, max: number): Check => (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
    ? undefined
    : `a whole number from ${min} to ${max}`;
const oneOf = (...choices: string[]): Check => (value) =>
  typeof value === "string" && choices.includes(value) ? undefined : `one of ${choices.map((c) => `"${c}"`).join(", ")}`;

const PROVIDER: Record<string, Check> = {
  kind: oneOf("replay", "command", "openai-compatible"),
  model: text,
  temperature: number(0, 2),
  seed: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  max_tokens: integer(1, 100_000_000),
  reasoning_effort: oneOf("none", "minimal", "low", "medium", "high", "xhigh"),
  service_tier: text,
  base_url: text,
  api_key_env: text,
  timeout: number(0.001, 86_400),
  replies: text,
  command: (value) => (texts(value) === undefined && (value as unknown[]).length > 0 ? undefined : "a non-empty list of strings"),
};

const TABLES: Record<string, Record<string, Check>> = {
  project: { env: oneOf("dev", "prod"), include: texts, exclude: texts },
  paths: { store: text, generated: text, tests: text },
  prompts: { function: text, http: text },
  compile: { max_attempts: integer(1, 100), concurrency: integer(1, 1024) },
  sandbox: { enabled: flag, timeout: number(0.001, 86_400), memory_mb: integer(16, 1_048_576) },
  gates: GATES_SHAPE,
  policy: { allow: texts },
  sync: { reuse: flag },
  save: { freeze: flag },
  runtime: { deps: oneOf("error", "warn") },
};

const DEFAULT_EXCLUDE = ["**/node_modules/**", "**/dist/**", "**/*.d.ts"];

interface Where {
  readonly file: string;
  readonly lines: readonly string[];
}

/** Line (from 1) of `key` inside `table`, as written; for messages only. */
function lineOf({ lines }: Where, table: string, key?: string): number {
  const plain = (line: string) => line.replaceAll(/["'\s]/g, "");
  const start = lines.findIndex((line) => plain(line).startsWith(`[${table}]`));
  if (key === undefined) return start + 1 || lines.findIndex((line) => plain(line).startsWith(`[${table}`)) + 1 || 1;
  const at = lines.findIndex((line, i) => i > start && plain(line).startsWith(`${key}=`));
  return at + 1 || start + 1 || 1;
}

function checkTable(where: Where, table: string, shape: Record<string, Check>, value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new VibesafeConfigError(`${where.file}:${lineOf(where, table, table)}: ${table} must be a table`, {
      remedy: `write it as [${table}]`,
    });
  }
  for (const [key, item] of Object.entries(value)) {
    const check = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (check === undefined) {
      throw new VibesafeConfigError(`${where.file}:${lineOf(where, table, key)}: unknown key "${key}" in [${table}]`, {
        remedy: `did you mean "${nearest(key, Object.keys(shape))[0] ?? ""}"? known keys: ${Object.keys(shape).join(", ")}`,
      });
    }
    const wanted = check(item);
    if (wanted !== undefined) {
      throw new VibesafeConfigError(`${where.file}:${lineOf(where, table, key)}: ${table}.${key} must be ${wanted}, found ${JSON.stringify(item)}`, {
        remedy: `set ${key} to ${wanted}`,
      });
    }
  }
  return value as Record<string, unknown>;
}

function parseProvider(where: Where, name: string, value: unknown): ProviderConfig {
  const table = `provider.${name}`;
  const given = checkTable(where, table, PROVIDER, value) as Partial<Omit<ProviderConfig, "name">>;
  const kind = given.kind;
  if (kind === undefined) {
    throw new VibesafeConfigError(`${where.file}:${lineOf(where, table)}: [${table}] has no kind`, {
      remedy: 'add kind = "openai-compatible", "command" or "replay"',
    });
  }
  if (kind === "command" && given.command === undefined) {
    throw new VibesafeConfigError(`${where.file}:${lineOf(where, table)}: [${table}] has no command`, {
      remedy: 'add command = ["program", "argument"]',
    });
  }
  if (kind === "openai-compatible" && given.model === undefined) {
    throw new VibesafeConfigError(`${where.file}:${lineOf(where, table)}: [${table}] has no model`, {
      remedy: 'add model = "…", the name your server knows it by',
    });
  }
  if (given.base_url !== undefined && !URL.canParse(given.base_url)) {
    throw new VibesafeConfigError(`${where.file}:${lineOf(where, table, "base_url")}: ${table}.base_url is no URL: ${given.base_url}`, {
      remedy: 'write it whole, as in base_url = "https://api.openai.com/v1"',
    });
  }
  return { model: kind, timeout: 60, replies: "replies", ...given, kind, name };
}

/**
 * Parses the text of a `vibesafe.toml`.
 *
 * @param file - name for messages
 * @throws VibesafeConfigError for bad TOML, an unknown key or a wrong type; with file, line and the nearest valid key
 */
export function parseConfig(source: string, file: string): Config {
  const where: Where = { file, lines: source.split(/\r?\n/) };
  let document: Record<string, unknown>;
  try {
    document = parse(source);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const reason = cause.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    throw new VibesafeConfigError(`${file}:${cause.line}:${cause.column}: ${reason}`, { cause, remedy: "mend the TOML syntax there" });
  }
  const tables: Record<string, Record<string, unknown>> = {};
  const providers = new Map<string, ProviderConfig>();
  for (const [key, value] of Object.entries(document)) {
    const shape = Object.hasOwn(TABLES, key) ? TABLES[key] : undefined;
    if (key === "provider") {
      if (typeof value !== "object" || value === null || Array.isArray(value)) checkTable(where, "provider", {}, value);
      for (const [name, table] of Object.entries(value as object)) providers.set(name, parseProvider(where, name, table));
    } else if (shape === undefined) {
      throw new VibesafeConfigError(`${file}:${lineOf(where, key, key)}: unknown table [${key}]`, {
        remedy: `did you mean [${nearest(key, [...Object.keys(TABLES), "provider.default"])[0] ?? ""}]?`,
      });
    } else {
      tables[key] = checkTable(where, key, shape, value);
    }
  }
  const { project, paths, prompts, compile, sandbox, gates, policy, sync, save, runtime } = tables as Partial<Record<keyof typeof TABLES, Record<string, never>>>;
  return {
    ...(project?.["env"] !== undefined && { env: project["env"] }),
    include: project?.["include"] ?? ["**/*.ts"],
    exclude: [...DEFAULT_EXCLUDE, ...(project?.["exclude"] ?? [])],
    providers,
    paths: { store: ".vibesafe", generated: "__generated__", tests: "spec-tests", ...paths },
    prompts: { ...prompts },
    compile: { max_attempts: 3, concurrency: 8, ...compile },
    sandbox: { enabled: true, timeout: 10, memory_mb: 256, ...sandbox },
    gates: gatesConfigOf(gates),
    policy: { allow: [], ...policy },
    sync: { reuse: false, ...sync },
    save: { freeze: false, ...save },
    runtime: { deps: "error", ...runtime },
  };
}

/** Reads and parses a `vibesafe.toml`. @throws VibesafeConfigError */
export function readConfig(path: string, shownAs: string = path): Config {
  let source: string;
  try {
    source = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    throw new VibesafeConfigError(`cannot read ${shownAs}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
      remedy: "make it a readable UTF-8 file",
    });
  }
  return parseConfig(source, shownAs);
}
