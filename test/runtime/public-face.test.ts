import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import * as entry from "../../lib/index.ts";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

test("what programs can import", () => {
  assert.deepEqual(Object.keys(entry).sort(), [
    "VibeCoded",
    "VibesafeCheckpointMissing",
    "VibesafeConfigError",
    "VibesafeError",
    "VibesafeHandled",
    "VibesafeHashMismatch",
    "VibesafeMissingDoctest",
    "VibesafeProviderError",
    "VibesafeRemoteError",
    "VibesafeStoreError",
    "VibesafeTypeError",
    "VibesafeUsageError",
    "VibesafeValidationError",
    "load",
    "vibesafe",
  ]);
  assert.equal(entry.VibeCoded, entry.VibesafeHandled);
  assert.deepEqual(Object.keys(entry.vibesafe), ["func", "http", "loaded", "verify"]);
  assert.ok(Object.isFrozen(entry.vibesafe));
  const handled = new entry.VibesafeHandled();
  assert.ok(handled instanceof Error);
  assert.equal(handled.name, "VibesafeHandled");
  assert.match(handled.message, /stub .* ran unhandled/);
});

/** Modules that importing `vibesafe` may load, now or at first need. */
const PACKAGES = ["cbor-x", "oxc-parser", "oxc-resolver", "smol-toml"];
const FOLDERS = /^lib\/(?:index\.ts|errors\.ts|version\.ts|http\/(?:contract|path|registry)\.ts|project\/|runtime\/|spec\/|store\/)/;

test("importing vibesafe loads no provider, template, git, gate or command line", () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    const { module } = parseSync(file, text);
    const specifiers = [
      ...module.staticImports.filter(({ entries }) => entries.length === 0 || !entries.every(({ isType }) => isType)).map(({ moduleRequest }) => moduleRequest.value),
      ...module.staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest, isType }) => (moduleRequest === null || isType ? [] : [moduleRequest.value]))),
      // `createRequire(…)("package")`, the lazy import that a synchronous function can do.
      ...[...text.matchAll(/createRequire\(import\.meta\.url\)\("([^"]+)"\)/g)].map(([, name]) => name ?? ""),
    ];
    assert.deepEqual(module.dynamicImports, [], `${file} has import()`);
    for (const specifier of specifiers) {
      if (specifier.startsWith(".")) visit(join(dirname(file), specifier));
      else packages.add(specifier);
    }
  };
  visit(join(repository, "lib", "index.ts"));
  for (const file of seen) assert.match(relative(repository, file).replaceAll("\\", "/"), FOLDERS);
  const foreign = [...packages].filter((name) => !name.startsWith("node:"));
  assert.deepEqual(foreign.filter((name) => !PACKAGES.includes(name.split("/")[0] ?? "")), []);
  for (const name of packages) assert.ok(!builtinModules.includes(name), `${name} without node:`);
  const writers = [...seen].map((file) => relative(repository, file).replaceAll("\\", "/")).filter((file) => /^lib\/store\/.*(?:write|transaction|init|lock|durable)/.test(file));
  assert.deepEqual(writers, [], "the runtime writes no store");
});
