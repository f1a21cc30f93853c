/**
 * The file that the imports of generated code are relative to.
 *
 * @module
 */

import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { isTypeScript, sourcePosition, type CallSite } from "./call-site.ts";
import type { Importer } from "./require.ts";

/**
 * What the imports of a unit are relative to: the file of its spec, as it runs.
 *
 * @param source - absolute path of the spec's file
 * @param site - where the unit is asked for; a shim that was compiled stands to the compiled spec as the shim to the spec
 */
export function importerOf(source: string, site: CallSite | undefined): Importer {
  if (site === undefined) return { file: source, esm: true };
  const asked = real(sourcePosition(site).file);
  if (asked === source) return { file: site.file, esm: site.esm };
  return compiledBeside(source, asked, site) ?? { file: source, esm: true };
}

/** @param asked - source of the file that runs at `site` */
export function compiledBeside(source: string, asked: string, site: CallSite): Importer | undefined {
  if (isTypeScript(site.file)) return undefined;
  const file = join(dirname(site.file), relative(dirname(asked), source)).replace(/\.([cm]?)tsx?$/, ".$1js");
  return existsSync(file) ? { file, esm: site.esm } : undefined;
}

function real(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}
