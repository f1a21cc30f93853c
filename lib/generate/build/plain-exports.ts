/**
 * esbuild's CommonJS without the helpers that define its exports.
 *
 * They cost a load more than the code itself: compiled and run they took 150 of 350 µs a unit (bench/runtime). The runtime takes one
 * export, once, after the code has run, so a plain assignment at the end gives what the getters would.
 *
 * @module
 */

const HELPERS = ["__create", "__defProp", "__getOwnPropDesc", "__getOwnPropNames", "__getProtoOf", "__hasOwnProp", "__export", "__copyProps", "__toESM", "__toCommonJS"];

/** What esbuild writes between the helpers and the code. */
const HEAD = /^var (\w+) = \{\};\n__export\(\1, \{\n((?: {2}.+: \(\) => .+\n)+)\}\);\nmodule\.exports = __toCommonJS\(\1\);\n/m;
const TAIL = /^\/\/ Annotate the CommonJS export names for ESM import in node:\n0 && \(module\.exports = \{\n[^]*?\n\}\);\n$/m;

export interface PlainExports {
  /** The code, its lines at the same distance from each other. */
  readonly code: string;
  /** Assigns the exports, when the code has run. */
  readonly assignments: string;
  /** How many lines went before the code. */
  readonly removedLines: number;
  /** What has to stand before the code: the helpers, where the code itself uses one. */
  readonly helpers: string;
}

/** Takes the exports out of esbuild's output; undefined where it does not look as expected. */
export function plainExports(js: string): PlainExports | undefined {
  const head = HEAD.exec(js);
  const tail = TAIL.exec(js);
  if (head === null || tail === null || tail.index < head.index) return undefined;
  const before = js.slice(0, head.index);
  const declared = [...before.matchAll(/^var (\w+) = /gm)].map(([, name]) => name ?? "");
  if (declared.some((name) => !HELPERS.includes(name))) return undefined;
  const start = head.index + head[0].length;
  const code = js.slice(start, tail.index);
  const exports = [...(head[2] ?? "").matchAll(/^ {2}(.+?): \(\) => (.+?),?$/gm)].map(([, name = "", local = ""]) => [name, local] as const);
  const assignments = exports.map(([name, local]) => `exports${name.startsWith('"') ? `[${name}]` : `.${name}`} = ${local};`).join(" ");
  const needed = /\b__(?:toESM|copyProps|toCommonJS|export)\b/.test(code);
  return { code, assignments, removedLines: js.slice(0, start).split("\n").length - 1, helpers: needed ? before : "" };
}
