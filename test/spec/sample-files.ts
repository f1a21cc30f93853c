/**
 * A bounded sample of real source files: this project's own, and those of its dependencies.
 *
 * @module
 */

import { readdirSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EFFORT } from "./effort.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const SOURCE = /\.[cm]?[jt]sx?$/;

/** Folders, and of how many files in them one is taken. */
const SAMPLE: readonly (readonly [string, number])[] = [
  ["lib", 2],
  ["node_modules/openai/src", 12],
  ["node_modules/fast-check", 5],
  ["node_modules/@types", 6],
  ["node_modules/yargs", 3],
  ["node_modules/nunjucks/src", 4],
  ["node_modules/@oxc-project/types", 1],
];

/** Absolute paths, in a stable order; no file above 150 kB. Of the folders in `VIBESAFE_PACKAGES`, parted as in PATH, all TypeScript instead. */
export function sampleFiles(): string[] {
  const given = process.env["VIBESAFE_PACKAGES"];
  if (given !== undefined) return given.split(delimiter).flatMap((folder) => filesBelow(folder)).filter((path) => /\.[cm]?tsx?$/.test(path));
  return SAMPLE.flatMap(([folder, step]) => sourcesBelow(join(ROOT, folder)).filter((_, index) => index % (EFFORT === 1 ? step * 2 : step) === 0));
}

function sourcesBelow(folder: string): string[] {
  return filesBelow(folder).filter((path) => SOURCE.test(path) && !path.slice(folder.length).includes("deno") && statSync(path).size < 150_000);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
