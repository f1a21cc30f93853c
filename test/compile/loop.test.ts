import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Provenance } from "../../lib/spec/provenance.ts";
import { DOUBLE, IMPORT, project, read, reply, spec, vibe, write } from "../cli/vibe.ts";
import { asked, many, MODEL, promptOf } from "./model.ts";

const ID = "src.math/double";
const WRONG = reply("export function double(n: number): number {\n  return n * n;\n}");
const RIGHT = DOUBLE["replies/src.math/double.md"] ?? "";

function git(folder: string, ...args: string[]): string {
  return execFileSync("git", ["--git-dir=.vibesafe", ...args], { cwd: folder, encoding: "utf8" });
}

test("what a gate says goes back to the model, and the winning prompt keeps it", async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL, "replies/src.math/double.md": WRONG, "replies/src.math/double.2.md": RIGHT });
  const { status, json } = await vibe(folder, ["compile", "--json"]);
  assert.equal(status, 0);
  const [result] = json().results;
  assert.deepEqual([result.status, result.attempts, result.cached], ["compiled", 2, false]);
  assert.deepEqual(asked(folder), ["src.math-double.1", "src.math-double.2"]);
  const second = promptOf(folder, "src.math-double.2");
  assert.match(second, /return n \* n;[^]*double\(-1\)[^]*-2/, "the code, and the example that failed");
  assert.ok(!second.includes(folder), "no path of the machine");
  const ref = `refs/candidates/${ID}`;
  assert.equal(git(folder, "show", `${ref}:checkpoint/prompt.md`), second);
  const provenance: Provenance = JSON.parse(git(folder, "show", `${ref}:provenance.json`));
  assert.deepEqual(
    provenance.attempts.map(({ attempt, outcome, stage, cached }) => [attempt, outcome, stage, cached]),
    [[1, "failed", "examples", false], [2, "passed", undefined, false]],
  );
  assert.match(provenance.attempts[0]?.message ?? "", /double\(-1\)/);
  assert.deepEqual([provenance.provider.kind, provenance.provider.model], ["command", "written"]);
});

test("a unit that never passes: exit 1, nothing becomes active, the last candidate stays, save refuses it", async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL });
  await vibe(folder, ["compile"]);
  await vibe(folder, ["save"]);
  const active = git(folder, "rev-parse", `refs/units/${ID}`);
  write(folder, {
    "replies/src.math/double.md": reply("export function double(n: number): string {\n  return String(n);\n}"),
    "replies/src.math/double.2.md": WRONG,
    "replies/src.math/double.3.md": reply("export function double(n: number): number {\n  return n * n * 1;\n}"),
  });
  const { status, json } = await vibe(folder, ["compile", "--force", "--json"]);
  assert.equal(status, 1);
  const [result] = json().results;
  assert.deepEqual([result.status, result.attempts, result.error?.stage, result.error?.code], ["failed", 3, "gate:examples", "VALIDATION_FAILED"]);
  assert.equal(git(folder, "rev-parse", `refs/units/${ID}`), active);
  assert.equal(git(folder, "rev-parse", `refs/candidates/${ID}:checkpoint`).trim(), result.checkpointHash);
  assert.match(git(folder, "show", `refs/candidates/${ID}:checkpoint/impl.ts`), /n \* n \* 1/);
  const saved = await vibe(folder, ["save", "--json"]);
  assert.equal(saved.status, 1);
  assert.deepEqual([saved.json().results[0].status, saved.json().results[0].error?.code], ["refused", "VALIDATION_FAILED"]);
  assert.equal(git(folder, "rev-parse", `refs/units/${ID}`), active);
  assert.equal((await vibe(folder, ["test", "--no-harness"])).status, 1);
  assert.equal((await vibe(folder, ["check"])).status, 0, "what is active still passes");
  git(folder, "fsck", "--strict", "--full", "--no-dangling");
});

test("a reply that comes twice ends the attempts", async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL, "replies/src.math/double.md": reply("export const triple = 3;") });
  const { status, json } = await vibe(folder, ["compile", "--json", "--max-attempts", "9"]);
  assert.equal(status, 1);
  assert.deepEqual([json().results[0].attempts, json().results[0].error?.stage], [2, "validate"]);
  assert.equal(asked(folder).length, 2);
});

test("a provider's failure ends its unit, is told to no model, and stops no other unit", async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL, "src/more.ts": IMPORT + spec("one", "(): number", [["one()", "1"]]), "replies/src.more/one.md": "exit 7" });
  const { status, json } = await vibe(folder, ["compile", "--json"]);
  assert.equal(status, 3);
  const [double, one] = json().results;
  assert.equal(double.status, "compiled");
  assert.deepEqual([one?.status, one?.error?.stage, one?.error?.code, one?.attempts], ["failed", "provider", "PROVIDER_FAILED", 0]);
  assert.deepEqual(asked(folder), ["src.math-double.1", "src.more-one.1"]);
});

test("nothing changed: nothing asked; --force asks anew; a changed setting that is not hashed does not", async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL });
  await vibe(folder, ["compile"]);
  assert.equal(asked(folder).length, 1);
  const again = (await vibe(folder, ["compile", "--json"])).json().results[0];
  assert.deepEqual([again.status, again.cached, again.attempts], ["unchanged", true, 0]);
  await vibe(folder, ["save"]);
  assert.equal((await vibe(folder, ["compile", "--json"])).json().results[0].status, "unchanged");
  assert.equal(asked(folder).length, 1);
  const forced = (await vibe(folder, ["compile", "--force", "--json"])).json().results[0];
  assert.deepEqual([forced.status, forced.cached, forced.attempts], ["compiled", false, 1]);
  assert.equal(asked(folder).length, 2);
});

test("a reply that is cached costs no request, also when the candidate is gone", async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL });
  await vibe(folder, ["compile"]);
  git(folder, "update-ref", "-d", `refs/candidates/${ID}`);
  const result = (await vibe(folder, ["compile", "--json", "--budget", "0"])).json().results[0];
  assert.deepEqual([result.status, result.cached, result.attempts], ["compiled", true, 1]);
  assert.equal(asked(folder).length, 1);
});

test("the budget bounds the requests of all units together", async (t) => {
  const folder = project(t, { ...MODEL });
  many(folder, 3);
  const { status, json } = await vibe(folder, ["compile", "--json", "--budget", "2"]);
  assert.equal(status, 3);
  assert.deepEqual(json().results.map(({ status: one }) => one), ["compiled", "compiled", "failed"]);
  assert.equal(asked(folder).length, 2);
});

test("twelve units that print give the same results in the same order at any concurrency", async (t) => {
  const outputs: unknown[] = [];
  for (const concurrency of ["1", "8"]) {
    const folder = project(t, { ...MODEL });
    many(folder, 12);
    write(folder, { "replies/src.many/f3.md": reply("export function f3(): number {\n  return 1;\n}") });
    const { status, json } = await vibe(folder, ["compile", "--json", "--concurrency", concurrency, "--max-attempts", "1"]);
    assert.equal(status, 1);
    outputs.push(json());
  }
  assert.deepEqual(outputs[0], outputs[1]);
});

test("an interrupt ends with 130 and leaves no half state", async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL, "replies/src.math/double.md": "wait" });
  const abort = new AbortController();
  const running = vibe(folder, ["compile"], { signal: abort.signal });
  const timer = setInterval(() => {
    if (asked(folder).length > 0) abort.abort();
  }, 20);
  const { status, out } = await running.finally(() => clearInterval(timer));
  assert.deepEqual([status, out], [130, ""]);
  assert.equal(git(folder, "for-each-ref"), "");
  git(folder, "fsck", "--strict", "--full");
  assert.ok(!existsSync(join(folder, ".vibesafe/tmp")) || read(folder, ".vibesafe/HEAD") !== "");
});

test("a unit without examples compiles unverified, and save refuses it and with it all", async (t) => {
  const folder = project(t, {
    ...DOUBLE,
    "src/cow.ts": `${IMPORT}export const cowsay = vibesafe.func(function cowsay(msg: string): string {\n  throw new VibesafeHandled();\n});\n`,
    "replies/src.cow/cowsay.md": reply("export function cowsay(msg: string): string {\n  return `< ${msg} >`;\n}"),
  });
  const { status, json } = await vibe(folder, ["compile", "--json"]);
  assert.equal(status, 0);
  assert.deepEqual([json().results[0].id, json().results[0].unverified], ["src.cow/cowsay", true]);
  const saved = await vibe(folder, ["save", "--json"]);
  assert.equal(saved.status, 1);
  assert.deepEqual(saved.json().results.map((one) => [one.status, one.error?.code]), [["refused", "MISSING_DOCTEST"], ["refused", undefined]]);
  assert.equal(git(folder, "for-each-ref", "refs/units"), "");
  assert.equal((await vibe(folder, ["save", "--dry-run", "--target", ID])).status, 0);
  assert.equal(git(folder, "for-each-ref", "refs/units"), "", "a dry run saves nothing");
  assert.equal((await vibe(folder, ["save", "--target", ID])).status, 0);
  assert.match(git(folder, "for-each-ref", "refs/units"), /refs\/units\/src\.math\/double/);
});
