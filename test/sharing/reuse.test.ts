/** `[sync] reuse`: what somebody saved for a spec is taken, verified and judged before a model is asked. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readActive } from "../../lib/spec/status.ts";
import { parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import { readRef } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { DOUBLE, git, project, REPLAY_CONFIG, reply, vibe, write, type Entry } from "../cli/vibe.ts";
import { save } from "../runtime/project.ts";
import { newHost } from "../sync/pair.ts";

const UNIT = parseUnitId("src.math/double");
const CONFIG = `${REPLAY_CONFIG}\n[sync]\nreuse = true\n`;

interface ReusedEntry extends Entry {
  readonly reused?: { readonly from: string; readonly remote: string | null; readonly ref: string; readonly by: { readonly name: string } };
}

async function compile(folder: string, ...flags: string[]): Promise<ReusedEntry> {
  const { out } = await vibe(folder, ["compile", "--json", ...flags]);
  const { results } = JSON.parse(out) as { results: ReusedEntry[] };
  const [result] = results;
  assert.ok(result !== undefined, out);
  return result;
}

/** A provider that notes that it was asked, and answers with `reply.md` where there is one. */
const ASKED = `import { appendFileSync, existsSync, readFileSync } from "node:fs";
appendFileSync("asked", "x");
if (!existsSync("reply.md")) process.exit(1);
process.stdout.write(readFileSync("reply.md"));
`;
const COMMAND = `[provider.default]\nkind = "command"\ncommand = [${JSON.stringify(process.execPath)}, "provider.mjs"]\n`;
const SHARED = { "src/math.ts": DOUBLE["src/math.ts"] ?? "", "provider.mjs": ASKED, "vibesafe.toml": `${COMMAND}\n[sync]\nreuse = true\n` };

async function ok(folder: string, ...argv: string[]): Promise<void> {
  const { status, out, err } = await vibe(folder, argv, { env: { GIT_AUTHOR_NAME: "Bob", PATH: process.env["PATH"] ?? "" } });
  assert.equal(status, 0, `vibe ${argv.join(" ")}\n${out}${err}`);
}

/** How often a project's provider was asked. */
function asked(folder: string): number {
  const path = join(folder, "asked");
  return existsSync(path) ? readFileSync(path, "latin1").length : 0;
}

/** A project whose provider can answer nothing, and what it fetched from where the other one pushed. */
async function colleague(t: Parameters<typeof project>[0], from: string): Promise<{ folder: string; store: Store; commit: string }> {
  const host = newHost(t);
  await ok(from, "remote", "add", "origin", host);
  await ok(from, "push");
  await ok(from, "remote", "remove", "origin");
  const folder = project(t, SHARED);
  await ok(folder, "remote", "add", "origin", host);
  await ok(folder, "fetch");
  const store = openStore(join(folder, ".vibesafe"));
  const commit = readRef(store, `refs/remotes/origin/units/${UNIT}`);
  assert.ok(commit !== undefined);
  return { folder, store, commit };
}

test("what one saved and pushed the other fetches and compiles without a model: verified, judged, and the same checkpoint", async (t) => {
  const first = project(t, { ...SHARED, "reply.md": DOUBLE["replies/src.math/double.md"] ?? "" });
  const compiled = await compile(first);
  await ok(first, "save", "--no-harness");
  assert.equal(asked(first), 1);
  const { folder, store, commit } = await colleague(t, first);

  write(folder, { "vibesafe.toml": COMMAND });
  assert.equal((await compile(folder)).error?.stage, "provider", "without the setting a model is asked");
  const before = asked(folder);
  assert.ok(before > 0);
  write(folder, { "vibesafe.toml": SHARED["vibesafe.toml"] });
  const result = await compile(folder);
  assert.deepEqual([result.status, result.attempts, result.cached, result.checkpointHash], ["compiled", 0, true, compiled.checkpointHash]);
  assert.deepEqual([result.reused?.from, result.reused?.remote, result.reused?.by.name], [commit, "origin", "Bob"]);
  // Judged here, whatever the save says of itself.
  const { results } = (await vibe(folder, ["test", "--no-harness", "--json"])).json();
  assert.deepEqual([results[0].passed, results[0].gates.map(({ name, passed }) => [name, passed]).slice(0, 2)], [true, [["examples", true], ["types", true]]]);
  await ok(folder, "save", "--no-harness");
  assert.equal(asked(folder), before, "nobody was asked");
  const active = readActive(store, UNIT);
  assert.equal(active?.checkpointHash, compiled.checkpointHash);
  assert.deepEqual(active?.provenance.reused, { from: commit, by: "Bob <ada@example.org>" });
  git(folder, "fsck", "--strict", "--full", "--no-dangling");
  assert.equal((await vibe(folder, ["fsck"])).status, 0);
  assert.equal((await compile(folder, "--force")).error?.stage, "provider", "--force asks anew");
  assert.ok(asked(folder) > before);
});

test("history counts: going back to an earlier spec costs nothing", async (t) => {
  const folder = project(t, { ...DOUBLE, "vibesafe.toml": CONFIG });
  const before = await compile(folder);
  await vibe(folder, ["save", "--no-harness"]);
  const source = readFileSync(join(folder, "src/math.ts"), "utf8");
  write(folder, { "src/math.ts": source.replace("What double does.", "Twice a number.") });
  assert.equal((await compile(folder)).attempts, 1);
  await vibe(folder, ["save", "--no-harness"]);
  write(folder, { "src/math.ts": source });
  rmSync(join(folder, "replies"), { recursive: true });
  rmSync(join(folder, ".vibesafe/cache"), { recursive: true });
  const again = await compile(folder);
  assert.deepEqual([again.status, again.reused?.remote, again.checkpointHash], ["compiled", null, before.checkpointHash]);
});

test("nobody's gates are trusted: what was pushed for this very spec and is wrong, forbidden or damaged is passed over for a model", async (t) => {
  const first = project(t, SHARED);
  // Says that its gates passed; they would not.
  await save(first, "src/math.ts", "double", "export function double(n: number): number {\n  return n * 3;\n}\n");
  const wrong = await colleague(t, first);
  const refused = await compile(wrong.folder);
  assert.deepEqual([refused.status, refused.error?.stage, readRef(wrong.store, unitRef(UNIT))], ["failed", "provider", undefined]);
  write(wrong.folder, { "reply.md": reply("export function double(n: number): number {\n  return 2 * n;\n}") });
  const before = asked(wrong.folder);
  const asking = await compile(wrong.folder);
  assert.deepEqual([asking.status, asking.attempts, asking.reused, asked(wrong.folder) - before], ["compiled", 1, undefined, 1]);

  await save(first, "src/math.ts", "double", "export function double(n: number): number {\n  return process.argv.length > 0 ? n * 2 : 0;\n}\n");
  assert.equal((await compile((await colleague(t, first)).folder)).error?.stage, "provider", "the policy here forbids it");

  await save(first, "src/math.ts", "double", "export function double(n: number): number {\n  return n + n;\n}\n");
  const damaged = await colleague(t, first);
  const packs = join(damaged.folder, ".vibesafe/objects/pack");
  for (const name of readdirSync(packs)) rmSync(join(packs, name), { force: true });
  assert.equal((await compile(damaged.folder)).error?.stage, "provider");
});
