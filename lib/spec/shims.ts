/**
 * Shims: generated modules through which tagged declarations are used. Each exports, with the type of the stub, what `vibesafe.func`
 * gives for it.
 *
 * @module
 */

import { posix } from "node:path";
import type { Project } from "../project/project.ts";
import type { Span, Spec, UnitId } from "./types.ts";
import { isUnitId } from "./unit-id.ts";

/** First line of every shim: a file without it is not ours. */
const MARK = "// Written by `vibe scan --write-shims`: do not edit.";

/** Where the shim of a file stands. Both POSIX, from the project root. */
export function shimPath({ config }: Project, file: string): string {
  return `${config.paths.generated.replace(/\/+$/, "")}/${file.replace(/\.([cm]?)tsx?$/, ".$1ts")}`;
}

/**
 * The shim of a file's tagged declarations; the same specs give the same text.
 *
 * @param path - where it will stand; POSIX, from the project root
 * @param extension - of relative imports: as the source's own say it, `.ts` or `.js`, or nothing
 */
export function renderShim(file: string, specs: readonly Spec[], path: string, extension: string): string {
  const relative = posix.relative(posix.dirname(path), file).replace(/\.([cm]?)tsx?$/, (_, kind: string) => (extension === "" ? "" : `.${kind}${extension.slice(1)}`));
  const specifier = relative.startsWith(".") ? relative : `./${relative}`;
  const lines = specs.map(({ id, name, exportedAs = name }) => `export const ${name}: typeof spec.${exportedAs} = vibesafe.func({ unit: ${JSON.stringify(id)} }, spec.${exportedAs});`);
  return [MARK, "", 'import { vibesafe } from "vibesafe";', `import * as spec from ${JSON.stringify(specifier)};`, "", ...lines, ""].join("\n");
}

export interface ShimExport {
  readonly unit: UnitId;
  /** Name that the shim exports. */
  readonly name: string;
  /** The call of `vibesafe.func`. */
  readonly call: Span;
}

const EXPORT = /^export const ([^\s:]+): typeof spec\.\S+ = (vibesafe\.func\(\{ unit: ("[^"]*") \}, spec\.[^\s)]+\));$/gmu;

export function isShim(text: string): boolean {
  return text.startsWith(`${MARK}\n`) || text.startsWith(`${MARK}\r\n`);
}

/** What a shim exports; nothing for any other file. */
export function readShim(text: string): ShimExport[] {
  if (!isShim(text)) return [];
  return [...text.matchAll(EXPORT)].flatMap((match) => {
    const [line, name = "", call = "", quoted = ""] = match;
    const unit = quoted.slice(1, -1);
    const start = match.index + line.length - call.length - 1;
    return isUnitId(unit) ? [{ unit, name, call: { start, end: start + call.length } }] : [];
  });
}
