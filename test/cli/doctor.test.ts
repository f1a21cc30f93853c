/**
 * `vibe doctor`: what it finds, what it never tells.
 */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tempDir } from "../temp.ts";
import { DOUBLE, project, step, vibe } from "./vibe.ts";

interface Report {
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly detail: string; readonly remedy?: string }[];
}

async function doctor(folder: string, status: number, env: Readonly<Record<string, string>> = {}): Promise<Report & { readonly statusOf: (name: string) => string }> {
  const ran = await vibe(folder, ["doctor", "--json"], { env });
  assert.equal(ran.status, status, ran.out + ran.err);
  const report = JSON.parse(ran.out) as Report;
  return { ...report, statusOf: (name) => report.checks.find((check) => check.name.trim() === name)?.status ?? "absent" };
}

test("a sound project: tools, store, and every layer tried out", async (t) => {
  const folder = project(t, DOUBLE);
  await step(folder, 0, "compile");
  const before = readdirSync(folder);
  const report = await doctor(folder, 0);
  assert.equal(report.ok, true);
  for (const name of ["node", "typescript", "oxlint", "esbuild", "fast-check", "project", "mode", "provider default", "store", "sandbox", "permission model"]) {
    assert.equal(report.statusOf(name), "ok", name);
  }
  for (const name of ["code from text", "read files", "write files", "child processes", "workers", "native add-ons", "inspector", "environment"]) {
    assert.equal(report.statusOf(`reach: ${name}`), "ok", name);
  }
  assert.deepEqual(readdirSync(folder), before);
  const { out } = await vibe(folder, ["doctor"]);
  assert.match(out, /✓ {3}reach: read files +refused \(ERR_ACCESS_DENIED\)\n/);
  assert.match(out, /✓ nothing to mend/);
});

test("a sandbox that is switched off, and a key: set or not, never shown", async (t) => {
  const config = '[sandbox]\nenabled = false\n[provider.default]\nkind = "openai-compatible"\nmodel = "m"\napi_key_env = "MY_KEY"\n[provider.near]\nkind = "openai-compatible"\nmodel = "m"\nbase_url = "http://127.0.0.1:1/v1"\n';
  const folder = project(t, { "vibesafe.toml": config });
  const bare = await doctor(folder, 0);
  assert.equal(bare.statusOf("sandbox"), "warn");
  assert.equal(bare.statusOf("reach: read files"), "warn");
  assert.equal(bare.statusOf("reach: environment"), "ok");
  assert.equal(bare.statusOf("provider default"), "warn");
  assert.equal(bare.statusOf("provider near"), "ok");
  const keyed = await doctor(folder, 0, { MY_KEY: "sk-secret" });
  assert.equal(keyed.statusOf("provider default"), "ok");
  assert.doesNotMatch(JSON.stringify(keyed), /sk-secret/);
});

test("no project, a wrong setting, a broken store", async (t) => {
  const empty = tempDir(t);
  assert.equal((await doctor(empty, 0)).statusOf("project"), "warn");
  const wrong = project(t, { "vibesafe.toml": "[sandbox]\nenabeld = false\n" });
  const report = await doctor(wrong, 1);
  assert.match(report.checks.find(({ name }) => name === "project")?.detail ?? "", /unknown key "enabeld"/);
  const folder = project(t, DOUBLE);
  await step(folder, 0, "compile");
  mkdirSync(join(folder, ".vibesafe", "refs", "units", "src.math"), { recursive: true });
  writeFileSync(join(folder, ".vibesafe", "refs", "units", "src.math", "double"), `${"ab".repeat(32)}\n`);
  assert.equal((await doctor(folder, 1)).statusOf("store"), "fail");
  rmSync(join(folder, ".vibesafe", "HEAD"));
  assert.equal((await doctor(folder, 1)).statusOf("store"), "fail");
});
