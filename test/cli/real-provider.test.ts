/** The whole path against a server that speaks OpenAI's chat-completions protocol, and each way in which such a server fails. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test, type TestContext } from "node:test";
import type { Provenance } from "../../lib/spec/checkpoint.ts";
import { chatServer, fails, raw, says, type Answer, type ChatServer } from "../generate/chat-server.ts";
import { DOUBLE, git, project, reply, step, vibe, write } from "./vibe.ts";

const ID = "src.math/double";
const WRONG = reply("export function double(n: number): number {\n  return n * n;\n}");
const RIGHT = DOUBLE["replies/src.math/double.md"] ?? "";
const KEY_VARIABLE = "VIBESAFE_TEST_KEY";

async function served(t: TestContext, settings: string, ...answers: readonly Answer[]): Promise<{ folder: string; server: ChatServer }> {
  const server = await chatServer(t, ...answers);
  process.env[KEY_VARIABLE] = "sk-secret";
  t.after(() => delete process.env[KEY_VARIABLE]);
  const config = `[provider.default]\nkind = "openai-compatible"\nmodel = "gpt-test"\ntemperature = 0.0\nseed = 42\nmax_tokens = 4096\nbase_url = "${server.url}"\napi_key_env = "${KEY_VARIABLE}"\n${settings}`;
  return { folder: project(t, { "src/math.ts": DOUBLE["src/math.ts"] ?? "", "vibesafe.toml": config }), server };
}

test("busy, then wrong, then right: compiled, tested, saved, and run in production without the server", async (t) => {
  const { folder, server } = await served(t, "", fails(429, { message: "slow down" }), says(WRONG), says(`It doubles.\n\n${RIGHT}`));
  const compiled = (await step(folder, 0, "compile", "--json")).json().results[0];
  assert.deepEqual([compiled.status, compiled.attempts, compiled.cached], ["compiled", 2, false]);
  assert.deepEqual(server.received.map(({ path }) => path), ["/v1/chat/completions", "/v1/chat/completions", "/v1/chat/completions"]);
  const { messages, ...sent } = server.received[0]?.body ?? {};
  assert.deepEqual(sent, { model: "gpt-test", temperature: 0, seed: 42, max_tokens: 4096 });
  assert.equal(JSON.stringify(messages), JSON.stringify([{ role: "user", content: (await vibe(folder, ["prompt", ID])).out }]), "vibe prompt shows what is sent");
  assert.match(JSON.stringify(server.received[2]?.body), /double\(-1\)/, "the failure is told to the model");
  await step(folder, 0, "test", "--no-harness");
  await step(folder, 0, "save", "-m", "from a server");
  const provenance: Provenance = JSON.parse(git(folder, "show", `refs/units/${ID}:provenance.json`));
  assert.equal(provenance.provider.model, "served-model-1");
  assert.deepEqual(provenance.attempts.map(({ usage }) => usage), [{ input_tokens: 11, output_tokens: 7 }, { input_tokens: 11, output_tokens: 7 }]);
  const asked = server.received.length;
  write(folder, { "app.ts": 'import { double } from "./src/math.ts";\nconsole.log(double(21));\n' });
  const out = execFileSync(process.execPath, ["--import", import.meta.resolve("tsx"), "app.ts"], { cwd: folder, encoding: "utf8", env: { PATH: process.env["PATH"], VIBESAFE_ENV: "prod" } });
  assert.equal(out, "42\n");
  assert.equal(server.received.length, asked);
});

const FAILURES: readonly (readonly [string, string, Answer, RegExp])[] = [
  ["a wrong key", "", fails(401, { message: "Incorrect API key provided: sk-secret", code: "invalid_api_key" }), /401[^]*VIBESAFE_TEST_KEY/],
  ["no quota", "", fails(429, { message: "You exceeded your current quota", code: "insufficient_quota", type: "insufficient_quota" }), /quota[^]*billing/],
  ["invalid JSON", "", raw(200, "<html>gateway</html>"), /invalid JSON|no completion|not/i],
  ["a truncated reply", "", says("```ts\nexport function dou", {}, { finish_reason: "length" }), /max_tokens/],
  ["a stalled connection", "timeout = 0.4\n", () => undefined, /0\.4 s[^]*timeout/],
];

for (const [name, settings, answer, words] of FAILURES) {
  test(`${name} ends the unit with exit status 3, a remedy, and no candidate`, async (t) => {
    const { folder } = await served(t, settings, answer);
    const { status, out } = await step(folder, 3, "compile");
    assert.equal(status, 3);
    assert.match(out, words);
    assert.match(out, /\n {4}fix: /);
    assert.ok(!out.includes("sk-secret"), "a key is never shown");
    assert.equal(git(folder, "for-each-ref"), "");
  });
}

test("no key: exit status 3 before anything is sent", async (t) => {
  const { folder, server } = await served(t, "");
  write(folder, { "vibesafe.toml": '[provider.default]\nkind = "openai-compatible"\nmodel = "m"\nbase_url = "https://models.invalid/v1"\napi_key_env = "VIBESAFE_NO_SUCH_KEY"\n' });
  const { out } = await step(folder, 3, "compile");
  assert.match(out, /VIBESAFE_NO_SUCH_KEY is not set[^]*fix: set VIBESAFE_NO_SUCH_KEY/);
  assert.equal(server.received.length, 0);
});
