/**
 * Which prompt template a unit uses.
 *
 * In order: the unit's `template` option; `[prompts] function` or `http` of the configuration; `prompts/function.njk` or
 * `prompts/http_endpoint.njk` of the project, where it exists; the one that comes with vibesafe.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { VibesafeConfigError } from "../errors.ts";
import { CONFIG_FILE, type Project } from "../project/project.ts";
import { hashObject, type BlobId } from "../store/id.ts";
import type { Spec, SpecKind, SpecOptions } from "./types.ts";

interface DefaultTemplate {
  readonly file: string;
  /** Key in `[prompts]`. */
  readonly setting: keyof Project["config"]["prompts"];
}

/** The template of each kind of unit. */
export const DEFAULT_TEMPLATES: Readonly<Record<SpecKind, DefaultTemplate>> = {
  function: { file: "prompts/function.njk", setting: "function" },
  http: { file: "prompts/http_endpoint.njk", setting: "http" },
};

/** Where a template lies. */
export interface TemplatePlace {
  /** Absolute. */
  readonly path: string;
  /** Path from the project root, or `vibesafe:prompts/…` for the one that comes with vibesafe. */
  readonly shownAs: string;
  /** It comes with vibesafe. */
  readonly packaged: boolean;
}

/** Of a spec what its template and the errors about it follow from. */
export interface TemplateUser extends Pick<Spec, "id" | "kind" | "file" | "line"> {
  readonly options: Pick<SpecOptions, "template">;
}

export interface Template extends TemplatePlace {
  /** With LF line ends. */
  readonly content: string;
  /** Git blob id of `content`. */
  readonly id: BlobId;
}

/** Finds the template of a unit; a file that is named need not exist. */
export function templatePath(project: Project, spec: Pick<TemplateUser, "kind" | "options">): TemplatePlace {
  const { file, setting } = DEFAULT_TEMPLATES[spec.kind];
  const named = spec.options.template ?? project.config.prompts[setting];
  if (named !== undefined) return { path: resolve(project.root, named), shownAs: named, packaged: false };
  const own = join(project.root, file);
  if (existsSync(own)) return { path: own, shownAs: file, packaged: false };
  return { path: packagedTemplate(file), shownAs: `vibesafe:${file}`, packaged: true };
}

/**
 * Reads the template that `spec` uses.
 *
 * @throws VibesafeConfigError when a file that the unit or the configuration names cannot be read
 */
export function readTemplate(project: Project, spec: TemplateUser): Template {
  const place = templatePath(project, spec);
  const { path, shownAs } = place;
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path)).replaceAll(/\r\n?/g, "\n");
  } catch (cause) {
    const named = spec.options.template === undefined ? `${CONFIG_FILE}: prompts.${DEFAULT_TEMPLATES[spec.kind].setting}` : `${spec.file}:${spec.line}: template`;
    throw new VibesafeConfigError(`${named}: cannot read ${shownAs}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
      unit: spec.id,
      remedy: "name a readable UTF-8 file, by its path from the project root",
    });
  }
  return { content, id: hashObject("blob", new TextEncoder().encode(content)), ...place };
}

/** A template that comes with vibesafe: `prompts/` lies beside `lib/` in the source, beside `dist/` once built. */
export function packagedTemplate(file: string): string {
  const places = ["../..", "../../.."].map((place) => join(fileURLToPath(new URL(place, import.meta.url)), file));
  return places.find((place) => existsSync(place)) ?? places[0] ?? file;
}
