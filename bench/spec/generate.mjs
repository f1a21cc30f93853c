// A project of 10,000 units in 2,000 files over 200 folders, with helpers that they share: helper k is used by every tenth file, that
// is by 1,000 units, a type module by all.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const UNITS_PER_FILE = 5;
const HELPERS = 10;

export function fileOf(i) {
  return `src/area${i % 20}/part${Math.floor(i / 20) % 10}/file${i}.ts`;
}

export function helperOf(k) {
  return `src/shared/helper${k}.ts`;
}

/** Writes the project to `root`; `files` times five units. */
export function generate(root, files = 2000) {
  const put = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put("vibesafe.toml", '[provider.default]\nkind = "replay"\n');
  put("package.json", '{ "name": "generated", "private": true, "type": "module" }\n');
  put("tsconfig.json", `${JSON.stringify({ compilerOptions: { target: "es2022", module: "nodenext", strict: true, noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true }, include: ["src"] }, undefined, 2)}\n`);
  put(".gitignore", "node_modules/\n");
  put("src/shared/money.ts", "/** Whole cents. */\nexport type Cents = number & { readonly cents: true };\n\nexport interface Money {\n  readonly amount: Cents;\n  readonly currency: string;\n}\n");
  for (let k = 0; k < HELPERS; k++) put(helperOf(k), helper(k));
  for (let i = 0; i < files; i++) put(fileOf(i), source(i));
}

function helper(k) {
  return `import type { Money } from "./money.ts";

export interface Range${k} {
  readonly low: number;
  readonly high: number;
}

const LIMIT = ${1000 + k};

export function clamp${k}(value: number, { low, high }: Range${k}): number {
  return Math.min(Math.max(value, low), Math.min(high, LIMIT));
}

export function same${k}(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency;
}
`;
}

function source(i) {
  const k = i % HELPERS;
  const units = Array.from({ length: UNITS_PER_FILE }, (_, n) => unit(i, n, k));
  return `import { vibesafe, VibesafeHandled } from "vibesafe";
import type { Money } from "../../shared/money.ts";
import { clamp${k}, type Range${k} } from "../../shared/helper${k}.ts";

/** How this file rounds. */
export function round${i}(value: number): number {
  return Math.round(value * ${i + 1}) / ${i + 1};
}

${units.join("\n")}`;
}

function unit(i, n, k) {
  const name = `unit${i}${"abcde"[n]}`;
  return `/**
 * Brings a value into its range and rounds it the ${n + 1}. way of file ${i}.
 *
 * >>> ${name}(5, { low: 0, high: 9 })
 * 5
 * >>> ${name}(50, { low: 0, high: 9 })
 * 9
 * >>> ${name}(NaN, { low: 0, high: 9 })
 * ! RangeError: no number
 */
export const ${name} = vibesafe.func(function ${name}(value: number, range: Range${k}, ..._paid: Money[]): number {
  const inside = clamp${k}(value, range);
  if (Number.isNaN(inside)) throw new RangeError("no number");
  const rounded = round${i}(inside);
  throw new VibesafeHandled();
});
`;
}
