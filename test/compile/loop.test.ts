import assert from "node:assert/strict";
import { test } from "node:test";
import type { Provenance } from "../../lib/spec/checkpoint/provenance.ts";
import { DOUBLE, git, IMPORT, project, reply, spec, vibe, write } from "../cli/vibe.ts";
import { asked, MODEL, promptOf } from "./model.ts";

const ID = "src.math/double";
const WRONG = reply("export function double(n: number): number {\n  return n * n;\n}");
const RIGHT = DOUBLE["replies/src.math/double.md"] ?? "";

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

test("compile --json tells every attempt: what was wrong, tokens and time; each attempt's prompt is in its own checkpoint", async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL, "replies/src.math/double.md": reply("export const triple = 3;"), "replies/src.math/double.2.md": WRONG, "replies/src.math/double.3.md": RIGHT });
  const prompts: string[] = [];
  for (const most of ["2", "3"]) {
    const { json } = await vibe(folder, ["compile", "--json", "--force", "--max-attempts", most]);
    const history = (json().results[0] as { readonly history?: Provenance["attempts"] }).history ?? [];
    assert.deepEqual(history.map(({ attempt, outcome, stage }) => [attempt, outcome, stage]), [[1, "rejected", "validate"], [2, "failed", "examples"], [3, "passed", undefined]].slice(0, Number(most)));
    assert.match(history[0]?.message ?? "", /double/);
    for (const { usage, durationMs, responseDigest } of history) {
      assert.ok(durationMs >= 0);
      assert.ok(usage === null || usage.input_tokens >= 0);
      assert.match(responseDigest, /^[0-9a-f]{64}$/);
    }
    prompts.push(git(folder, "show", `refs/candidates/${ID}:checkpoint/prompt.md`));
  }
  // The candidate that stayed after two attempts holds the second prompt, the one that passed the third.
  assert.deepEqual(prompts.map((prompt) => prompt.match(/^The code was:$/gm)?.length), [1, 2]);
});

test("a spec that no reply can satisfy ends as its own failure, at stage spec, and stops no other unit", async (t) => {
  const secret = `${IMPORT}let total = 0;\nfunction addTo(n: number): number {\n  total += n;\n  return total;\n}\n${spec("sum", "(n: number): number", [["sum(1)", "1"]]).replace("  throw", "  const first = addTo(n);\n  void first;\n  throw")}`;
  const folder = project(t, { ...DOUBLE, ...MODEL, "src/sum.ts": secret, "replies/src.sum/sum.md": reply("export const sum = 3;") });
  const { status, json } = await vibe(folder, ["compile", "--json"]);
  assert.equal(status, 1);
  const [double, sum] = json().results;
  assert.equal(double.status, "compiled");
  assert.deepEqual([sum?.status, sum?.error?.stage, sum?.error?.code], ["failed", "spec", "TYPE_ERROR"]);
  assert.match(sum?.error?.message ?? "", /total/);
});
