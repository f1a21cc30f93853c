/**
 * Where a call was written: the file that runs, and the place in the source it was made from.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { findSourceMap } from "node:module";
import nodePath from "node:path";
import { fileURLToPath } from "node:url";
import { scriptAt } from "./script.ts";

export interface CallSite {
  /** Absolute path of the file that runs. */
  readonly file: string;
  /** It runs as an ES module, not as CommonJS: only ES modules are named by URL in a stack. */
  readonly esm: boolean;
  /** As the engine names the script, for its source map. */
  readonly script: string;
  /** Position in the script as it runs, from 1; 0 where it says nothing. */
  readonly line: number;
  readonly column: number;
}

export interface SourcePosition {
  /** Absolute path of the source file. */
  readonly file: string;
  /** From 1; undefined where compiled code has no source map, and in Deno. */
  readonly line: number | undefined;
  /** From 1; only where the source itself runs: a loader that gives no source map may have moved what stands there. */
  readonly column?: number;
  /** The source as it was compiled, where the source map holds it. */
  readonly text?: string;
}

/** A function, or a class that is constructed. */
type Callee = ((...args: never[]) => unknown) | (new (...args: never[]) => unknown);

/**
 * The place that called `callee`, or the script's name alone when that is no file: a REPL, `eval`, a bundler's own scheme.
 *
 * Frames come from the engine, not from text: whatever `Error.prepareStackTrace` others have set is put aside meanwhile.
 */
export function callSiteOf(callee: Callee): CallSite | { readonly script: string } {
  return siteOf(framesAbove(callee, 1)[0]);
}

/** Functions by which compilers apply decorators: of esbuild, TypeScript, Babel and SWC, which carry a version, and of Bun, in a script of its own. */
const APPLIES = /^(?:__decorateElement|__esDecorate|_?_?apply_?[Dd]ecs?\d*|_apply_decs_\d+\w*)$/;
const HELPERS = /^bun:|[\\/]node_modules[\\/](?:tslib|@swc[\\/]helpers|@babel[\\/]runtime|@oxc-project[\\/]runtime)[\\/]/;

/**
 * The place where a class is defined that `callee` decorates a method of. Between the two stands a helper of the compiler, perhaps in a
 * file of its own. The position is near the class at best: it says the file.
 */
export function decoratedAt(callee: Callee): CallSite | { readonly script: string } {
  const frames = framesAbove(callee, 4);
  const isHelper = (frame: NodeJS.CallSite): boolean => APPLIES.test(frame.getFunctionName() ?? "") || HELPERS.test(frame.getFileName() ?? "");
  const [first = siteOf(frames[0]), ...outer] = frames.filter((frame) => !isHelper(frame)).map(siteOf);
  // A minifier renames the helper. Compilers bring it themselves: it stands for no place in a source.
  return isHidden(first) ? (outer.find((site) => "file" in site && first.file === site.file && !isHidden(site)) ?? first) : first;
}

function isHidden(site: CallSite | { readonly script: string }): site is CallSite {
  return "file" in site && !isTypeScript(site.file) && mappedPosition(site) === undefined;
}

function siteOf(frame: NodeJS.CallSite | undefined): CallSite | { readonly script: string } {
  const file = frame?.getFileName();
  // Vite's runner evaluates modules as functions, which say their file (`sourceURL`) but stand on lines of their own.
  const script = file ?? frame?.getScriptNameOrSourceURL?.() ?? "code without a file";
  const found = fileOfScript(script);
  if (frame === undefined || found === undefined) return { script };
  if (file === undefined || file === null) return { ...found, script, line: 0, column: 0 };
  return { ...found, script, line: frame.getLineNumber() ?? 1, column: frame.getColumnNumber() ?? 1 };
}

function framesAbove(callee: Callee, count: number): readonly NodeJS.CallSite[] {
  const prepare = Error.prepareStackTrace;
  const limit = Error.stackTraceLimit;
  let frames: NodeJS.CallSite[] = [];
  try {
    Error.stackTraceLimit = count;
    Error.prepareStackTrace = (_, raw) => {
      frames = raw;
      return "";
    };
    const carrier: { stack?: string } = {};
    Error.captureStackTrace(carrier, callee);
    void carrier.stack; // Bun and older engines prepare at this read, V8 may do so at the capture.
  } finally {
    Error.prepareStackTrace = prepare;
    Error.stackTraceLimit = limit;
  }
  return frames;
}

/** Of a file whose path is spelled the same in it. */
const PLAIN_URL = /^file:\/\/(?:\/(?!\.{1,2}(?:\/|$))[\w.@+-]+)+$/;

/**
 * The file behind the name that an engine gives a script: a `file:` URL (ES modules, Deno) or an absolute path (CommonJS, Bun), either
 * with a query that a loader added (`?v=2`).
 */
export function fileOfScript(script: string, path: Pick<typeof nodePath, "isAbsolute"> = nodePath): { file: string; esm: boolean } | undefined {
  if (PLAIN_URL.test(script) && nodePath.sep === "/") return { file: script.slice("file://".length), esm: true };
  if (script.startsWith("file:")) {
    const url = URL.canParse(script) ? new URL(script) : undefined;
    if (url === undefined || (url.host !== "" && nodePath.sep === "/")) return undefined;
    url.search = "";
    url.hash = "";
    return { file: fileURLToPath(url), esm: true };
  }
  if (!path.isAbsolute(script)) return undefined;
  const query = script.lastIndexOf("?");
  return { file: query === -1 || existsSync(script) ? script : script.slice(0, query), esm: false };
}

/**
 * Where in the source the call stands: by the source map that the process has loaded, else by the one that the file names, else where
 * it runs. A JavaScript file without a map stands for the TypeScript file of the same name beside it.
 */
export function sourcePosition(site: CallSite): SourcePosition {
  const mapped = mappedPosition(site);
  if (mapped !== undefined) return mapped;
  const script = /^(.*)\.([cm]?)jsx?$/.exec(site.file);
  const beside = script === null ? undefined : [".ts", ".tsx"].map((end) => `${script[1]}${end.replace(".", `.${script[2]}`)}`).find((file) => existsSync(file));
  if (beside !== undefined) return { file: beside, line: undefined };
  // Deno counts the lines of what it made of the source, and shows its map to nobody.
  if (process.versions["deno"] !== undefined) return { file: site.file, line: undefined };
  return { file: site.file, line: site.line, ...(isTypeScript(site.file) && { column: site.column }) };
}

function mappedPosition(site: CallSite): SourcePosition | undefined {
  const map = findSourceMap(site.script);
  if (map === undefined) {
    const written = isTypeScript(site.file) ? undefined : scriptAt(site.file).written(site.line, site.column);
    const place = written === undefined ? undefined : fileOfScript(written.source);
    if (written === undefined || place === undefined) return undefined;
    const { line, text } = written;
    return text === undefined ? { file: place.file, line } : { file: place.file, line, text };
  }
  const entry = map.findEntry(site.line - 1, site.column - 1);
  if (!("originalSource" in entry)) return undefined;
  const found = fileOfScript(entry.originalSource);
  if (found === undefined) return undefined;
  const text = map.payload.sourcesContent?.[map.payload.sources.indexOf(entry.originalSource)];
  return { file: found.file, line: entry.originalLine + 1, ...(typeof text === "string" && { text }) };
}

export function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file);
}
