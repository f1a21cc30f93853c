/**
 * The house as a table: which folder may import which, and which package. A change of structure is a change of this table.
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folder -> folders that it may import besides itself; every folder may import the leaves (errors, version, project). */
const MAY_IMPORT: Record<string, readonly string[]> = {
  leaf: [],
  project: ["leaf"],
  store: ["leaf"],
  http: ["leaf"],
  spec: ["leaf", "project", "store", "http"],
  generate: ["leaf", "project", "store", "spec", "http"],
  verify: ["leaf", "project", "store", "spec", "http"],
  compile: ["leaf", "project", "store", "spec", "generate", "verify"],
  history: ["leaf", "project", "store", "spec", "generate", "verify", "compile"],
  sync: ["leaf", "project", "store", "spec", "history"],
  runtime: ["leaf", "project", "store", "spec", "http"],
  cli: ["leaf", "project", "store", "spec", "http", "generate", "verify", "compile", "history", "sync"],
  entry: ["leaf", "project", "store", "spec", "verify", "runtime", "http"],
  bin: ["leaf", "cli"],
};

/** Package -> the only files that may import it. */
const PACKAGES: Record<string, readonly string[]> = {
  "smol-toml": ["lib/project/config.ts"],
  "cbor-x": ["lib/store/cbor.ts"],
  diff: ["lib/history/patch.ts"],
  yaml: ["lib/history/lockfile/pnpm.ts"],
  "@yarnpkg/parsers": ["lib/history/lockfile/yarn.ts"],
  "jsonc-parser": ["lib/history/lockfile/bun.ts"],
  nunjucks: ["lib/generate/template.ts"],
  openai: ["lib/generate/providers/openai-compatible.ts"],
  "isomorphic-git": ["lib/sync/http-session.ts"],
  "@hono/node-server": ["lib/http/node.ts"],
  yargs: ["lib/cli/main.ts"],
  ora: ["lib/cli/progress.ts"],
};

const LEAVES = ["lib/errors.ts", "lib/version.ts"];

function layerOf(file: string): string {
  if (LEAVES.includes(file)) return "leaf";
  const parts = file.split("/");
  if (parts[0] === "bin") return "bin";
  return parts.length === 2 ? "entry" : (parts[1] ?? "");
}

const files = ["bin", "lib"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`),
);

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const { module } = parseSync(file, readFileSync(join(root, file), "utf8"));
  return [
    ...module.staticImports.map((i) => ({
      specifier: i.moduleRequest.value,
      typeOnly: i.entries.length > 0 && i.entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap((e) =>
      e.entries.flatMap(({ moduleRequest, isType }) => (moduleRequest ? [{ specifier: moduleRequest.value, typeOnly: isType }] : [])),
    ),
    ...module.dynamicImports.flatMap((i) => {
      const text = readFileSync(join(root, file), "utf8").slice(i.moduleRequest.start, i.moduleRequest.end);
      return /^["']/.test(text) ? [{ specifier: text.slice(1, -1), typeOnly: false }] : [];
    }),
  ];
}

const graph = new Map(
  files.map((file) => [
    file,
    importsOf(file).map((i) => ({
      ...i,
      target: i.specifier.startsWith(".") ? normalize(join(dirname(file), i.specifier)).replaceAll("\\", "/") : undefined,
    })),
  ]),
);

test("imports point down only", () => {
  for (const [file, imports] of graph) {
    const from = layerOf(file);
    const allowed = MAY_IMPORT[from];
    assert.ok(allowed, `${file} lies in no known folder`);
    for (const { target } of imports) {
      if (target === undefined) continue;
      assert.ok(graph.has(target), `${file} imports ${target}, which is no file`);
      const to = layerOf(target);
      assert.ok(to === from || allowed.includes(to), `${file} (${from}) imports ${target} (${to})`);
    }
  }
});

test("no file imports itself through others", () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `cycle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const { target } of graph.get(file) ?? []) if (target !== undefined) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test("a heavy package has one door", () => {
  for (const [file, imports] of graph) {
    for (const { specifier, typeOnly } of imports) {
      const name = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : (specifier.split("/")[0] ?? "");
      const doors = PACKAGES[name];
      if (doors !== undefined && !typeOnly) assert.ok(doors.includes(file), `${file} imports ${name}; its door is ${doors.join(", ")}`);
    }
  }
});

test("every file under test/ that asserts is run", () => {
  const stray = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).filter(
    (name) =>
      name.endsWith(".ts") &&
      !name.endsWith(".test.ts") &&
      !name.split(/[\\/]/).some((part) => part === "fixtures" || part === "pairs") &&
      /from "node:test"/.test(readFileSync(join(root, "test", name), "utf8")),
  );
  assert.deepEqual(stray, []);
});

test("every published entry exists in the source", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Record<string, string | { default: string }> };
  for (const entry of Object.values(manifest.exports)) {
    if (typeof entry === "string") continue;
    const source = relative("dist", entry.default).replace(/\.js$/, ".ts");
    assert.ok(files.includes(source), `${entry.default} comes from ${source}, which is no file`);
  }
});
