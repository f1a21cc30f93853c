/**
 * Frames of a bundle's stack traces, told in the user's own files.
 *
 * @module
 */

import { SourceMap } from "node:module";
import { join, relative, sep } from "node:path";

export interface Frame {
  /** `impl.ts`, or the file's path from the project root. */
  readonly file: string;
  readonly line: number;
  /** The line's text, where it is the generated module's. */
  readonly code?: string;
}

/** The frames of `stack` that lie in the generated module or in files of the project; the statements themselves do not count. */
export function framesOf(stack: string, { bundle, impl, root }: { readonly bundle: { readonly map: string }; readonly impl: string; readonly root: string }): Frame[] {
  const places = [...stack.matchAll(/bundle\.js:(\d+):(\d+)/g)];
  if (places.length === 0) return [];
  const payload = JSON.parse(bundle.map) as ConstructorParameters<typeof SourceMap>[0];
  const sources = new SourceMap(payload);
  return places.flatMap(([, row, column]) => {
    // esbuild writes sources relative to the folder of the bundle, which exists by name only.
    const entry = sources.findEntry(Number(row) - 1, Number(column) - 1);
    if (!("originalSource" in entry)) return [];
    const file = relative(root, join(root, "vibesafe-bundle", entry.originalSource)).split(sep).join("/");
    if (/\.entry\.tsx?$/.test(file) || file.startsWith("..") || entry.originalSource.startsWith("vibesafe:")) return [];
    const line = entry.originalLine + 1;
    if (/\.impl\.tsx?$/.test(file)) return [{ file: "impl.ts", line, code: impl.split("\n")[line - 1] ?? "" }];
    return [{ file: file.replace(/^.*\.vibesafe-unit\.tsx?$/, "another unit"), line }];
  });
}

