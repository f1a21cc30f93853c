import assert from "node:assert/strict";
import { test } from "node:test";
import { DOUBLE, git, IMPORT, project, reply, vibe, write } from "../cli/vibe.ts";
import { asked, many, MODEL } from "./model.ts";

const ID = "src.math/double";

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

test("units that print give the same results in the same order at any concurrency", async (t) => {
  const outputs: unknown[] = [];
  for (const concurrency of ["1", "8"]) {
    const folder = project(t, { ...MODEL });
    many(folder, 6);
    write(folder, { "replies/src.many/f3.md": reply("export function f3(): number {\n  return 1;\n}") });
    const { status, out } = await vibe(folder, ["compile", "--json", "--concurrency", concurrency, "--max-attempts", "1"]);
    assert.equal(status, 1);
    // How long an attempt took is all that may differ.
    outputs.push(JSON.parse(out, (key, value: unknown) => (key === "durationMs" ? 0 : value)));
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
