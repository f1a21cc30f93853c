/**
 * Which prompt template a unit uses.
 *
 * In order: the unit's `template` option; `[prompts] function` of the configuration; `prompts/function.njk` of the project, where it
 * exists; the one that comes with vibesafe.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { VibesafeConfigError } from "../errors.ts";
import { CONFIG_FILE, type Project } from "../project/project.ts";
import { hashObject, type BlobId } from "../store/id.ts";
import type { Spec } from "./types.ts";

const DEFAULT_TEMPLATE = "prompts/function.njk";

export interface Template {
  /** With LF line ends. */
  readonly content: string;
  /** Git blob id of `content`. */
  readonly id: BlobId;
  /** Path from the project root, or `vibesafe:prompts/function.njk` for the one that comes with vibesafe. */
  readonly shownAs: string;
}

/** Absolute path of the template, and how to show it; the file need not exist. */
export function templatePath(project: Project, spec: Spec): { readonly path: string; readonly shownAs: string } {
  const named = spec.options.template ?? project.config.prompts.function;
  if (named !== undefined) return { path: resolve(project.root, named), shownAs: named };
  const own = join(project.root, DEFAULT_TEMPLATE);
  return existsSync(own) ? { path: own, shownAs: DEFAULT_TEMPLATE } : { path: packagedTemplate(), shownAs: `vibesafe:${DEFAULT_TEMPLATE}` };
}

/**
 * Reads the template that `spec` uses.
 *
 * @throws VibesafeConfigError when a file that the unit or the configuration names cannot be read
 */
export function readTemplate(project: Project, spec: Spec): Template {
  const { path, shownAs } = templatePath(project, spec);
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path)).replaceAll(/\r\n?/g, "\n");
  } catch (cause) {
    const named = spec.options.template === undefined ? `${CONFIG_FILE}: prompts.function` : `${spec.file}:${spec.line}: template`;
    throw new VibesafeConfigError(`${named}: cannot read ${shownAs}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
      unit: spec.id,
      remedy: "name a readable UTF-8 file, by its path from the project root",
    });
  }
  return { content, id: hashObject("blob", new TextEncoder().encode(content)), shownAs };
}

/** `prompts/` beside `lib/` in the source, beside `dist/` once built. */
function packagedTemplate(): string {
  const places = ["../../prompts/function.njk", "../../../prompts/function.njk"].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return places.find((place) => existsSync(place)) ?? places[0] ?? DEFAULT_TEMPLATE;
}
