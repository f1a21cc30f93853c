/**
 * Whether a save's witness holds for the project as deployed.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import type { Witness } from "../spec/checkpoint/provenance.ts";
import { DEFAULT_TEMPLATES, packagedTemplate } from "../spec/template.ts";
import { hashObject } from "../store/id.ts";
import { importLeadsTo } from "./full.ts";
import type { QuickProject } from "./quick-project.ts";

/**
 * True only if every file that H_spec rested on has the bytes that it had, every import in them leads where it led, and the template is
 * the same: then the H_spec of the save is that of the source as deployed. False says nothing.
 */
export function witnessHolds(project: QuickProject, { files, imports, template }: Witness): boolean {
  return (
    Object.entries(files).every(([file, sha256]) => project.digest(file) === sha256) &&
    templateHolds(project, template) &&
    imports.every((each) => importHolds(project, each))
  );
}

/** Id of each template that comes with vibesafe -> its path. */
let packaged: ReadonlyMap<string, string> | undefined;

/** A template of the project is among the files; the one that comes with vibesafe counts where the project has none of its own. */
function templateHolds(project: QuickProject, id: string | null): boolean {
  if (id === null) return true;
  packaged ??= new Map(Object.values(DEFAULT_TEMPLATES).map(({ file }) => [idOf(packagedTemplate(file)), file]));
  const file = packaged.get(id);
  return file !== undefined && project.real(`${project.root}/${file}`) === undefined;
}

function idOf(template: string): string {
  return hashObject("blob", Buffer.from(readFileSync(template, "utf8").replaceAll(/\r\n?/g, "\n")));
}

/** What TypeScript reads first where an import says this extension: nothing that lies beside it can come before. */
const FIRST: Readonly<Record<string, string>> = {
  ".ts": ".ts",
  ".tsx": ".tsx",
  ".mts": ".mts",
  ".cts": ".cts",
  ".js": ".ts",
  ".mjs": ".mts",
  ".cjs": ".cts",
};

function importHolds(project: QuickProject, { from, specifier, to }: Witness["imports"][number]): boolean {
  if (isBuiltin(specifier)) return to === (specifier.startsWith("node:") ? specifier : `node:${specifier}`);
  const end = /\.[cm]?[jt]sx?$/.exec(specifier)?.[0] ?? "";
  const first = FIRST[end];
  if (/^\.{1,2}\//.test(specifier) && first !== undefined) {
    const file = join(project.root, dirname(from), `${specifier.slice(0, -end.length)}${first}`);
    if (file === join(project.root, to) && project.real(file) === file) return true;
  }
  return importLeadsTo(project.root, from, specifier) === to;
}
