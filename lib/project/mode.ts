/**
 * The mode a process runs in: `dev` or `prod`, and who says so.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VibesafeConfigError } from "../errors.ts";
import type { Mode } from "./config.ts";
import type { Project } from "./project.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface EffectiveMode {
  readonly mode: Mode;
  /** What decided, for people: `VIBESAFE_ENV`, a path, `vibesafe.toml`, `NODE_ENV`, `the default`. */
  readonly source: string;
}

/** The file that `vibe mode` writes: `dev` or `prod` and a line end. */
export function modeFile(project: Pick<Project, "storeDir">): string {
  return join(project.storeDir, "mode");
}

/**
 * Reads `VIBESAFE_ENV`, which overrides everything and needs no project.
 *
 * @throws VibesafeConfigError for any value but `dev` and `prod`, the empty one included: a typo must not become dev
 */
export function modeFromEnvironment(env: Environment): EffectiveMode | undefined {
  const value = env["VIBESAFE_ENV"];
  return value === undefined ? undefined : { mode: parseMode(value, "VIBESAFE_ENV", "set VIBESAFE_ENV to dev or prod, or unset it"), source: "VIBESAFE_ENV" };
}

/** Reads the mode that `vibe mode` has set, if any. @throws VibesafeConfigError when the file says anything but `dev` or `prod` */
export function modeFromFile(project: Pick<Project, "storeDir">): EffectiveMode | undefined {
  const file = modeFile(project);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw new VibesafeConfigError(`cannot read ${file}: ${String(error)}`, { cause: error, remedy: "make it readable, or run `vibe mode --clear`" });
  }
  return { mode: parseMode(text.trim(), file, "run `vibe mode --value dev`, `vibe mode --value prod` or `vibe mode --clear`"), source: file };
}

/**
 * Decides the mode: `VIBESAFE_ENV`, else the mode file, else `env` of `vibesafe.toml`, else prod under `NODE_ENV=production`, else dev.
 *
 * Nothing else counts: no terminal, flag or REPL turns prod into dev.
 *
 * @throws VibesafeConfigError when the first of them that is set is neither `dev` nor `prod`
 */
export function effectiveMode(project: Project, env: Environment): EffectiveMode {
  const set = modeFromEnvironment(env) ?? modeFromFile(project);
  if (set !== undefined) return set;
  if (project.config.env !== undefined) return { mode: project.config.env, source: "vibesafe.toml" };
  return env["NODE_ENV"] === "production" ? { mode: "prod", source: "NODE_ENV" } : { mode: "dev", source: "the default" };
}

function parseMode(value: string, source: string, remedy: string): Mode {
  if (value === "dev" || value === "prod") return value;
  throw new VibesafeConfigError(`${source} is ${JSON.stringify(value)}, not "dev" or "prod"`, { remedy });
}
