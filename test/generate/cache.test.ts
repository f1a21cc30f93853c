import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeStoreError } from "../../lib/errors.ts";
import { readCached, writeCached, type CacheKey } from "../../lib/generate/cache.ts";
import { parseConfig, type ProviderConfig } from "../../lib/project/config.ts";
import type { Project } from "../../lib/project/project.ts";
import { hashObject } from "../../lib/store/id.ts";
import { tempDir } from "../temp.ts";

const config: ProviderConfig = { name: "default", kind: "openai-compatible", model: "m", timeout: 60, replies: "replies" };
const specHash = hashObject("blob", new TextEncoder().encode("spec"));
const key: CacheKey = { config, specHash, prompt: "p", attempt: 1 };
const completion = { text: "hi\n", model: "m-1", usage: { inputTokens: 1, outputTokens: 2 }, finishReason: "stop" };

function projectIn(root: string): Project {
  return { root, config: parseConfig("", "vibesafe.toml"), storeDir: join(root, ".vibesafe") };
}

function entries(project: Project): string[] {
  return readdirSync(join(project.storeDir, "cache/responses"));
}

test("what is written is read, and lies under cache/responses", (t) => {
  const project = projectIn(tempDir(t));
  assert.equal(readCached(project, key), undefined);
  writeCached(project, key, completion);
  assert.deepEqual(readCached(project, key), completion);
  writeCached(project, key, { text: "anew", model: "m" });
  assert.deepEqual(readCached(project, key), { text: "anew", model: "m" });
  assert.match(entries(project).join(" "), /^[0-9a-f]{64}\.json$/);
});

test("every part of the question counts, and what is no part does not", (t) => {
  const project = projectIn(tempDir(t));
  writeCached(project, key, completion);
  const others: CacheKey[] = [
    { ...key, prompt: "q" },
    { ...key, attempt: 2 },
    { ...key, specHash: hashObject("blob", new TextEncoder().encode("other")) },
    { ...key, config: { ...config, model: "n" } },
    { ...key, config: { ...config, base_url: "http://127.0.0.1:1/v1" } },
    { ...key, config: { ...config, kind: "command", command: ["a"] } },
    // The same letters, cut elsewhere.
    { ...key, config: { ...config, model: "" }, prompt: "mp" },
  ];
  for (const other of others) assert.equal(readCached(project, other), undefined);
  for (const same of [
    { ...config, timeout: 1 },
    { ...config, api_key_env: "X" },
    { ...config, base_url: "https://api.openai.com/v1/" },
  ]) {
    assert.deepEqual(readCached(project, { ...key, config: same }), completion);
  }
  const commands = [["a", "b"], ["a b"], ["a", "b", ""]].map((command) => ({
    ...key,
    config: { ...config, kind: "command" as const, command },
  }));
  for (const [i, one] of commands.entries()) writeCached(project, one, { text: String(i), model: "m" });
  assert.deepEqual(
    commands.map((one) => readCached(project, one)?.text),
    ["0", "1", "2"],
  );
});

test("a damaged or foreign entry is none, and is written anew", (t) => {
  const project = projectIn(tempDir(t));
  writeCached(project, key, completion);
  const [name = ""] = entries(project);
  const path = join(project.storeDir, "cache/responses", name);
  const good = readFileSync(path, "utf8");
  const other = { ...key, prompt: "other" };
  writeCached(project, other, { text: "other", model: "m" });
  const foreign = entries(project).find((one) => one !== name) ?? "";
  const damaged = [
    "",
    "{",
    "null",
    "[]",
    '{"format":1}',
    good.slice(0, -20),
    good.replace("hi", "ho"),
    good.replace('"format": 1', '"format": 2'),
    readFileSync(join(project.storeDir, "cache/responses", foreign), "utf8"),
    good.replace(/"completion": \{/, '"completion": {"__proto__": 1,'),
  ];
  for (const text of damaged) {
    writeFileSync(path, text);
    assert.equal(readCached(project, key), undefined, text);
    writeCached(project, key, completion);
    assert.deepEqual(readCached(project, key), completion);
  }
  assert.equal(entries(project).length, 2);
});

test("recorded replies are not cached", (t) => {
  const project = projectIn(tempDir(t));
  const replay = { ...key, config: { ...config, kind: "replay" as const } };
  writeCached(project, replay, completion);
  assert.equal(readCached(project, replay), undefined);
  assert.throws(() => entries(project), { code: "ENOENT" });
});

test("a cache that cannot be written is told, and leaves no file behind", (t) => {
  const project = projectIn(tempDir(t));
  writeCached(project, key, completion);
  const [name = ""] = entries(project);
  const other = { ...key, prompt: "x" };
  writeCached(project, other, completion);
  const path = join(project.storeDir, "cache/responses");
  const blocked = projectIn(tempDir(t));
  mkdirSync(join(blocked.storeDir, "cache/responses", name, "full"), { recursive: true });
  assert.throws(() => readCached(blocked, key), VibesafeStoreError);
  assert.throws(
    () => writeCached(blocked, key, completion),
    (error) => error instanceof VibesafeStoreError && error.remedy.includes("cache/responses"),
  );
  assert.deepEqual(entries(blocked), [name]);
  assert.ok(!readdirSync(path).some((file) => file.endsWith(".tmp")));
});
