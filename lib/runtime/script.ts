/**
 * What a JavaScript file says of the source that it was compiled from: its source map, and what it calls its constants.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { VibesafeUsageError } from "../errors.ts";
import { findMapping } from "./mappings.ts";

export interface Script {
  readonly text: string;
  /**
   * Where a place in it was written, by the source map that its last line names; undefined when there is none to be had.
   *
   * @param line - and `column`, from 1
   */
  written(line: number, column: number): Written | undefined;
  /** Offset of a place in the text. @param line - and `column`, from 1 */
  offset(line: number, column: number): number;
}

/** A line of a source. */
export interface Written {
  /** Absolute path or URL. */
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** The source, where the map holds it. */
  readonly text?: string;
}

/** Looks a place up, line and column from 1. */
type LookUp = (line: number, column: number) => Written | undefined;

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
  let lookUp: LookUp | undefined;
  let starts: readonly number[] | undefined;
  return {
    text,
    written: (line, column) => (lookUp ??= mapNamedIn(text, file))(line, column),
    offset(line, column) {
      starts ??= lineStarts(text);
      return (starts[line - 1] ?? 0) + column - 1;
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return starts;
}

/** The same as below, of ASCII alone, which is found in a tenth of the time. */
const USUAL_CALL = /(?:\b(?:const|let|var)\s+|\bexports\.|[;,{}\n]\s*)([A-Za-z_$][\w$]*)\s*=\s*(?:[A-Za-z_$][\w$]*\.)?vibesafe\.$/;

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
  const usual = USUAL_CALL.exec(before)?.[1];
  if (usual !== undefined) return usual;
  return /(?:\b(?:const|let|var)\s+|\bexports\.|[;,{}\n]\s*)([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=\s*(?:[\p{ID_Start}$_][\p{ID_Continue}$]*\.)?vibesafe\.$/u.exec(before)?.[1];
}

const NAMES_MAP = /^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm;

function mapNamedIn(text: string, file: string): LookUp {
  // Past what comes before the last such comment, which may hold all of the source.
  const from = text.lastIndexOf("\n", text.lastIndexOf("sourceMappingURL=")) + 1;
  const named = [...text.slice(from).matchAll(NAMES_MAP)].at(-1)?.[1] ?? [...text.matchAll(NAMES_MAP)].at(-1)?.[1];
  if (named === undefined) return () => undefined;
  if (isPlainPath(named) && isPlainPath(dirname(file))) {
    const map = resolve(dirname(file), named);
    return existsSync(map) ? lookUpIn(readFileSync(map, "utf8"), map) : () => undefined;
  }
  const url = new URL(named, pathToFileURL(file));
  const json = url.protocol === "data:" ? textOfDataUrl(url.href) : textOfFile(url);
  return json === undefined ? () => undefined : lookUpIn(json, url.protocol === "data:" ? file : fileURLToPath(url));
}

/** A path that is spelled the same as a URL, on a system whose paths look like that. */
function isPlainPath(path: string): boolean {
  return sep === "/" && /^[\w./@+-]+$/.test(path) && !path.startsWith("//");
}

function textOfFile(url: URL): string | undefined {
  return url.protocol === "file:" && existsSync(url) ? readFileSync(url, "utf8") : undefined;
}

function textOfDataUrl(url: string): string {
  const comma = url.indexOf(",");
  const body = url.slice(comma + 1);
  return url.slice(0, comma).endsWith(";base64") ? Buffer.from(body, "base64").toString("utf8") : decodeURIComponent(body);
}

type Payload = ConstructorParameters<typeof SourceMap>[0];

/** Up to this length mappings are read anew for each place; of a program in one file, all are read once. */
const SHORT = 1 << 14;

/** @throws VibesafeUsageError, now or at a look-up, when the map is damaged: to guess the source then could be to check the wrong one */
function lookUpIn(text: string, mapFile: string): LookUp {
  const guarded = <T>(look: () => T): T => {
    try {
      return look();
    } catch (cause) {
      throw new VibesafeUsageError(`the source map of ${mapFile} cannot be read: ${String(cause)}`, {
        cause,
        remedy: 'build it anew, or name the unit: vibesafe.func({ unit: "…" }, …)',
      });
    }
  };
  const payload = guarded((): Payload => JSON.parse(text));
  if (typeof payload.mappings === "string" && payload.mappings.length <= SHORT && !("sections" in payload)) {
    return (line, column) =>
      guarded(() => {
        const found = findMapping(payload.mappings, line - 1, column - 1);
        const source = found === undefined ? undefined : payload.sources[found.source];
        if (found === undefined || source === undefined) return undefined;
        return { source: absolute(source, payload, mapFile), line: found.line + 1, ...textIn(payload, found.source) };
      });
  }
  const map = guarded(() => new SourceMap({ ...payload, sourceRoot: "", sources: payload.sources.map((source) => absolute(source, payload, mapFile)) }));
  const { sources } = map.payload;
  return (line, column) => {
    const found = map.findEntry(line - 1, column - 1);
    return "originalSource" in found ? { source: found.originalSource, line: found.originalLine + 1, ...textIn(payload, sources.indexOf(found.originalSource)) } : undefined;
  };
}

function textIn({ sourcesContent }: Payload, source: number): { text?: string } {
  const text: unknown = sourcesContent?.[source];
  return typeof text === "string" ? { text } : {};
}

/** A source as the map names it, as a path where it may be one, else as a URL. */
function absolute(source: string, { sourceRoot }: Payload, mapFile: string): string {
  if (!sourceRoot && isPlainPath(source) && isPlainPath(mapFile)) return resolve(dirname(mapFile), source);
  const base = pathToFileURL(mapFile);
  return new URL(source, sourceRoot ? new URL(sourceRoot.replace(/\/?$/, "/"), base) : base).href;
}
