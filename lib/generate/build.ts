/**
 * From `impl.ts` to the JavaScript that the runtime executes.
 *
 * @module
 */

import { createRequire } from "node:module";
import { VibesafeValidationError } from "../errors.ts";
import { formatMappings, parseMappings, type Mapping } from "./build/mappings.ts";
import { plainExports } from "./build/plain-exports.ts";
import { sameLines } from "./build/same-lines.ts";

const esbuildManifest: unknown = createRequire(import.meta.url)("esbuild/package.json");

/** Tools that made a build, with their versions: they are part of where its bytes come from. */
export const BUILD_VERSIONS: Readonly<Record<string, string>> = { esbuild: versionIn(esbuildManifest) };

export interface Build {
  /**
   * Body of a function of `exports`, `require` and `module`, in strict mode, that sets its exports; each part on the line that it has in
   * the source. Its last line is an inline source map that holds the source. A pure function of the source and esbuild's version.
   */
  readonly js: string;
}

/**
 * Makes `require` give what `import` gives, live and without reading anything yet: of an ES module its namespace; of CommonJS the
 * exports, which are also the default, as Node has it. esbuild's own helper takes the namespace of an ES module for a CommonJS export.
 *
 * A file of the project that says `__esModule` is an ES module that a loader such as tsx has compiled; of a package it is CommonJS.
 */
const INTEROP = `require = ((load) => (id) => {
  const loaded = load(id);
  const object = (typeof loaded === "object" && loaded !== null) || typeof loaded === "function";
  const compiled = object && /^(?:[./#]|file:)/.test(id) && loaded.__esModule === true;
  const namespace = object && Object.getPrototypeOf(loaded) === null && !Object.isExtensible(loaded) && loaded[Symbol.toStringTag] === "Module";
  const own = !compiled && !namespace;
  const view = Object.create(null, { __esModule: { value: true } });
  for (const name of object ? Object.getOwnPropertyNames(loaded) : []) {
    if (name !== "__esModule" && !(own && name === "default")) Object.defineProperty(view, name, { get: () => loaded[name], enumerable: true });
  }
  if (own) Object.defineProperty(view, "default", { value: loaded, enumerable: true });
  return view;
})(require);`;

/**
 * Compiles a generated module.
 *
 * @throws VibesafeValidationError when it is not TypeScript that can stand as a CommonJS module
 */
export async function buildImpl(impl: string): Promise<Build> {
  const { transform } = await import("esbuild");
  const minified = async (js: string): Promise<string> => (await transform(js, { ...COMMON, loader: "js", minifyWhitespace: true })).code;
  try {
    const { code, map } = await transform(impl, { ...COMMON, loader: "ts", format: "cjs", sourcemap: "external", sourcefile: "impl.ts" });
    const { mappings } = JSON.parse(map) as { mappings: string };
    const { helpers, body, assignments, places } = partsOf(code, parseMappings(mappings));
    const before = `"use strict"; ${(await minified(`${/\bimport\b/.test(impl) ? INTEROP : ""}\n${helpers}`)).trimEnd()}`;
    const laid = sameLines(body, places, before);
    const js = `${laid.code.trimEnd()}\n${assignments}`;
    // The layout is ours, the program esbuild's: where both do not say the same, esbuild's layout stands.
    if ((await minified(js)) === (await minified(`${before}${body}${assignments}`))) return { js: withMap(js, impl, laid.mappings) };
    const shifted = places.map((place) => ({ ...place, line: place.line + 1 }));
    return { js: withMap(`${before}\n${body}${assignments}`, impl, shifted) };
  } catch (cause) {
    throw new VibesafeValidationError(`the code does not compile:\n${problemsOf(cause)}`, {
      cause,
      remedy: "mend the code at the lines named",
    });
  }
}

const COMMON = {
  platform: "node",
  target: "node20",
  charset: "utf8",
  legalComments: "none",
  logLevel: "silent",
  // No tsconfig of the project: the same source gives the same bytes everywhere.
  tsconfigRaw: "{}",
} as const;

interface Parts {
  readonly helpers: string;
  readonly body: string;
  readonly assignments: string;
  /** Of `body`. */
  readonly places: readonly Mapping[];
}

function partsOf(code: string, mappings: readonly Mapping[]): Parts {
  const plain = plainExports(code);
  if (plain === undefined) return { helpers: "", body: code, assignments: "", places: mappings };
  const { helpers, code: body, assignments, removedLines } = plain;
  const places = mappings.map((place) => ({ ...place, line: place.line - removedLines })).filter(({ line }) => line >= 0);
  return { helpers, body, assignments, places };
}

/** The code with its source map, which holds the source, on the last line. */
function withMap(js: string, impl: string, mappings: readonly Mapping[]): string {
  const map = JSON.stringify({ version: 3, sources: ["impl.ts"], sourcesContent: [impl], names: [], mappings: formatMappings(mappings) });
  return `${js.trimEnd()}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}\n`;
}

interface EsbuildMessage {
  readonly text: string;
  readonly location: { readonly line: number; readonly column: number } | null;
}

/** esbuild's messages, as `line:column: text`; what is no failed transform (a crashed service, say) is thrown on. */
function problemsOf(error: unknown): string {
  if (!(error instanceof Error) || !("errors" in error) || !Array.isArray(error.errors) || error.errors.length === 0) throw error;
  const messages: readonly EsbuildMessage[] = error.errors;
  return messages.map(({ text, location }) => (location === null ? text : `${location.line}:${location.column + 1}: ${text}`)).join("\n");
}

function versionIn(manifest: unknown): string {
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown";
}
