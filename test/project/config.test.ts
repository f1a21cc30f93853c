import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeConfigError } from "../../lib/errors.ts";
import { parseConfig } from "../../lib/project/config.ts";
import { nearest } from "../../lib/project/nearest.ts";
import { findProjectRoot, openProject, providerNamed } from "../../lib/project/project.ts";
import { tempDir } from "../temp.ts";

const parse = (text: string) => parseConfig(text, "vibesafe.toml");

const refused = (text: string, message: RegExp, remedy?: RegExp) =>
  assert.throws(
    () => parse(text),
    (error) =>
      error instanceof VibesafeConfigError &&
      message.test(error.message) &&
      (remedy === undefined || remedy.test(error.remedy)),
    text,
  );

test("an empty file is all defaults", () => {
  const config = parse("");
  assert.equal(config.env, undefined);
  assert.deepEqual(config.include, ["**/*.ts"]);
  assert.deepEqual(config.paths, { store: ".vibesafe", generated: "__generated__", tests: "spec-tests" });
  assert.deepEqual(config.compile, { max_attempts: 3, concurrency: 8 });
  assert.deepEqual(config.sandbox, { enabled: true, timeout: 10, memory_mb: 256 });
  assert.equal(config.providers.size, 0);
});

test("what is written wins over the defaults", () => {
  const config = parse(`
    [project]
    env = "prod"
    exclude = ["old/**"]
    [provider.default]
    kind = "openai-compatible"
    model = "m"
    temperature = 0.0
    [provider.local]
    kind = "command"
    command = ["cat"]
    [sandbox]
    timeout = 2.5
    [policy]
    allow = ["node:path"]`);
  assert.equal(config.env, "prod");
  assert.ok(config.exclude.includes("old/**") && config.exclude.includes("**/node_modules/**"));
  assert.equal(config.providers.get("default")?.temperature, 0);
  assert.equal(config.providers.get("default")?.timeout, 60);
  assert.deepEqual(config.providers.get("local")?.command, ["cat"]);
  assert.deepEqual(config.sandbox, { enabled: true, timeout: 2.5, memory_mb: 256 });
  assert.deepEqual(config.policy.allow, ["node:path"]);
});

test("an unknown key names file, line and the nearest valid key", () => {
  refused('[project]\nenv = "dev"\nincldue = []', /^vibesafe\.toml:3: unknown key "incldue" in \[project\]/, /"include"/);
  refused('[provider.default]\nkind = "replay"\ntemprature = 1', /:3: unknown key "temprature" in \[provider\.default\]/, /"temperature"/);
  refused("\n[sandbx]\ntimeout = 1", /:2: unknown table \[sandbx\]/, /\[sandbox\]/);
  refused('env = "dev"', /:1: unknown table \[env\]/);
  refused("[project]\n__proto__ = 1", /unknown key "__proto__"|:2/);
});

test("a wrong type or value says what is wanted", () => {
  refused('[project]\nenv = "production"', /:2: project\.env must be one of "dev", "prod", found "production"/);
  refused('[provider.default]\nkind = "openai-compatible"\nmodel = "m"\nseed = 1.5', /:4: provider\.default\.seed must be a whole number/);
  refused('[provider.default]\nkind = "gpt"', /must be one of "replay"/);
  refused('[provider.default]\nmodel = "m"', /:1: \[provider\.default\] has no kind/);
  refused('[provider.default]\nkind = "command"', /has no command/);
  refused('[provider.default]\nkind = "openai-compatible"', /has no model/);
  refused('[provider.default]\nkind = "replay"\nbase_url = "localhost"', /base_url is no URL/);
  refused('[sandbox]\nenabled = "yes"', /must be true or false/);
  refused("[sandbox]\ntimeout = nan", /timeout must be a number/);
  refused('[project]\ninclude = "src"', /must be a list of strings/);
  refused("provider = 3", /provider must be a table/);
  refused("[provider]\ndefault = 3", /provider\.default must be a table/);
});

test("broken TOML is an error with line and column", () => {
  refused("[project\nenv", /^vibesafe\.toml:1:\d+: /);
  refused("[project]\nenv = 'dev", /^vibesafe\.toml:2:\d+: /);
});

test("no text makes it throw anything else", () => {
  const piece = fc.constantFrom("[project]", "[provider.default]", "env", "kind", "=", '"dev"', '"replay"', "\n", "[", "]", "1", "{}", "'", ".", "a");
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.array(piece, { maxLength: 30 }).map((p) => p.join(" "))), (text) => {
      try {
        parse(text);
      } catch (error) {
        assert.ok(error instanceof VibesafeConfigError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test("suggestions are ordered by distance", () => {
  assert.deepEqual(nearest("modl", ["seed", "model", "models"], 2), ["model", "models"]);
  assert.deepEqual(nearest("x", []), []);
});

test("the root is the nearest folder upward with vibesafe.toml", (t) => {
  const root = tempDir(t);
  const deep = join(root, "a", "b");
  mkdirSync(deep, { recursive: true });
  assert.equal(findProjectRoot(deep), undefined);
  writeFileSync(join(root, "vibesafe.toml"), '[paths]\nstore = "store"');
  assert.equal(findProjectRoot(deep), root);
  assert.equal(openProject(deep).storeDir, join(root, "store"));
  writeFileSync(join(root, "a", "vibesafe.toml"), "");
  assert.equal(findProjectRoot(deep), join(root, "a"));
});

test("a file that is no UTF-8, and a folder of that name, are configuration errors", (t) => {
  const root = tempDir(t);
  writeFileSync(join(root, "vibesafe.toml"), Uint8Array.of(0xff, 0xfe, 0));
  assert.throws(() => openProject(root), VibesafeConfigError);
  const other = tempDir(t);
  mkdirSync(join(other, "vibesafe.toml"));
  assert.throws(() => openProject(other), VibesafeConfigError);
});

test("an unknown provider is an error that names the nearest", (t) => {
  const root = tempDir(t);
  writeFileSync(join(root, "vibesafe.toml"), '[provider.default]\nkind = "replay"');
  const project = openProject(root);
  assert.equal(providerNamed(project).kind, "replay");
  assert.throws(() => providerNamed(project, "defualt"), (error) => error instanceof VibesafeConfigError && /"default"/.test(error.remedy));
});
