/**
 * What a JavaScript file says of the source that it was compiled from: its source map, and what it calls its constants.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { VibesafeUsageError } from "../errors.ts";

export interface Script {
  readonly text: string;
  /** The source map that its last line names, the sources made absolute; undefined when there is none to be had. */
  map(): SourceMap | undefined;
  /** Offset of a place in the text. @param line - and `column`, from 1 */
  offset(line: number, column: number): number;
}

let burst: Map<string, Script> | undefined;

/** A script and its map, read once in a turn of the event loop: a program in one file may declare a thousand units. */
export function scriptAt(file: string): Script {
  if (burst === undefined) {
    burst = new Map();
    setImmediate(forgetScripts).unref();
  }
  let script = burst.get(file);
  if (script === undefined) burst.set(file, (script = read(file)));
  return script;
}

export function forgetScripts(): void {
  burst = undefined;
}

function read(file: string): Script {
  const text = readFileSync(file, "utf8");
  let map: SourceMap | undefined | null = null;
  let starts: readonly number[] | undefined;
  return {
    text,
    map: () => (map === null ? (map = mapNamedIn(text, file)) : map),
    offset(line, column) {
      starts ??= [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
      return (starts[line - 1] ?? 0) + column - 1;
    },
  };
}

/** How much text before a call is looked at for the const that it initialises. */
const BEFORE = 300;

/**
 * The const, or the export of CommonJS, that a call of `vibesafe.func` in a script initialises. Only where it is written out: a minifier
 * that renames constants renames what is imported, too.
 *
 * @param line - and `column`, from 1: where the engine says that the call stands, at `func`
 */
export function constOfCall(file: string, line: number, column: number): string | undefined {
  const { text, offset } = scriptAt(file);
  const end = offset(line, column);
  const before = text.slice(Math.max(0, end - BEFORE), end);
  return /(?:\b(?:const|let|var)\s+|\bexports\.|[;,{}\n]\s*)([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=\s*(?:[\p{ID_Start}$_][\p{ID_Continue}$]*\.)?vibesafe\.$/u.exec(before)?.[1];
}

function mapNamedIn(text: string, file: string): SourceMap | undefined {
  const named = [...text.matchAll(/^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1];
  if (named === undefined) return undefined;
  const url = new URL(named, pathToFileURL(file));
  const json = url.protocol === "data:" ? textOfDataUrl(url.href) : textOfFile(url);
  return json === undefined ? undefined : parseSourceMap(json, url.protocol === "data:" ? pathToFileURL(file) : url);
}

function textOfFile(url: URL): string | undefined {
  return url.protocol === "file:" && existsSync(url) ? readFileSync(url, "utf8") : undefined;
}

function textOfDataUrl(url: string): string {
  const comma = url.indexOf(",");
  const body = url.slice(comma + 1);
  return url.slice(0, comma).endsWith(";base64") ? Buffer.from(body, "base64").toString("utf8") : decodeURIComponent(body);
}

/** @throws VibesafeUsageError when the map is damaged: to guess the source then could be to check the wrong one */
function parseSourceMap(text: string, base: URL): SourceMap {
  try {
    const payload: ConstructorParameters<typeof SourceMap>[0] = JSON.parse(text);
    const root = payload.sourceRoot ? new URL(payload.sourceRoot.replace(/\/?$/, "/"), base) : base;
    return new SourceMap({ ...payload, sourceRoot: "", sources: payload.sources.map((source) => new URL(source, root).href) });
  } catch (cause) {
    throw new VibesafeUsageError(`the source map of ${fileURLToPath(base)} cannot be read: ${String(cause)}`, {
      cause,
      remedy: 'build it anew, or name the unit: vibesafe.func({ unit: "…" }, …)',
    });
  }
}
