import assert from "node:assert/strict";
import { createServer } from "node:http";
import { pipeline, Readable } from "node:stream";
import { inspect } from "node:util";
import { test, type TestContext } from "node:test";
import { VibesafeProviderError, type ProviderFailure } from "../../lib/errors.ts";
import type { Completion } from "../../lib/generate/providers/provider.ts";
import { createProvider } from "../../lib/generate/providers/create.ts";
import { parseConfig, type ProviderConfig } from "../../lib/project/config.ts";
import type { Project } from "../../lib/project/project.ts";
import { parseUnitId } from "../../lib/spec/unit-id.ts";
import { chatServer, fails, json, raw, says, type Answer, type ChatServer } from "./chat-server.ts";

const KEY = "sk-test-0123456789abcdef";
const unit = parseUnitId("src.math/add");
const project: Project = { root: "/nowhere", config: parseConfig("", "vibesafe.toml"), storeDir: "/nowhere/.vibesafe" };

process.env["TEST_API_KEY"] = KEY;
delete process.env["OPENAI_API_KEY"];

function ask(server: { url: string }, more: Partial<ProviderConfig> = {}, signal?: AbortSignal): Promise<Completion> {
  const config: ProviderConfig = {
    name: "default",
    kind: "openai-compatible",
    model: "test-model",
    base_url: server.url,
    api_key_env: "TEST_API_KEY",
    timeout: 5,
    replies: "replies",
    ...more,
  };
  return createProvider(project, config).complete({ prompt: "Say hi.\n", unit, attempt: 1, signal });
}

async function failureOf(asked: Promise<unknown>): Promise<VibesafeProviderError> {
  const error: unknown = await asked.then(
    () => assert.fail("it answered"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof VibesafeProviderError, inspect(error));
  assert.equal(error.unit, unit);
  assert.notEqual(error.remedy, "");
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(KEY), "the key shows");
  return error;
}

async function serverAnd(
  t: TestContext,
  answers: Answer[],
  more: Partial<ProviderConfig> = {},
): Promise<{ server: ChatServer; error: VibesafeProviderError }> {
  const server = await chatServer(t, ...answers);
  return { server, error: await failureOf(ask(server, more)) };
}

test("an answer with its model, usage, reason and id", async (t) => {
  const server = await chatServer(t, says("hi\n"));
  assert.deepEqual(await ask(server), {
    text: "hi\n",
    model: "served-model-1",
    usage: { inputTokens: 11, outputTokens: 7 },
    finishReason: "stop",
    responseId: "chatcmpl-1",
  });
});

test("an answer without what servers leave out", async (t) => {
  const server = await chatServer(t, json(200, { choices: [{ message: { content: "hi" } }] }));
  assert.deepEqual(await ask(server), { text: "hi", model: "test-model" });
});

test("exactly what is configured is sent, to chat completions", async (t) => {
  const server = await chatServer(t, says("hi"));
  await ask(server);
  await ask(server, { temperature: 0, seed: 42, max_tokens: 4096 });
  await ask(server, { max_tokens: 100, reasoning_effort: "low", service_tier: "flex", seed: 0, temperature: 0.5 });
  const messages = [{ role: "user", content: "Say hi.\n" }];
  assert.deepEqual(
    server.received.map(({ body }) => body),
    [
      { model: "test-model", messages },
      { model: "test-model", messages, temperature: 0, seed: 42, max_tokens: 4096 },
      {
        model: "test-model",
        messages,
        temperature: 0.5,
        seed: 0,
        max_completion_tokens: 100,
        reasoning_effort: "low",
        service_tier: "flex",
      },
    ],
  );
  for (const { method, path, headers } of server.received) {
    assert.equal(`${method} ${path}`, "POST /v1/chat/completions");
    assert.equal(headers.authorization, `Bearer ${KEY}`);
  }
});

test("base_url with and without a slash at its end, and below a path", async (t) => {
  const server = await chatServer(t, says("hi"));
  await ask({ url: `${server.url}/` });
  await ask({ url: `${server.url}/deep/er//` });
  assert.deepEqual(
    server.received.map(({ path }) => path),
    ["/v1/chat/completions", "/v1/deep/er/chat/completions"],
  );
});

test("OPENAI_BASE_URL does not lead the question elsewhere", async (t) => {
  const server = await chatServer(t, says("hi"));
  process.env["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1";
  t.after(() => delete process.env["OPENAI_BASE_URL"]);
  assert.equal((await ask(server)).text, "hi");
});

test("429, then 500, then a lost connection, then success: one answer", async (t) => {
  const lost: Answer = (response) => response.socket?.destroy();
  const server = await chatServer(t, fails(429, { message: "slow down" }), fails(500, { message: "oops" }), lost, says("hi"));
  assert.equal((await ask(server)).text, "hi");
  assert.equal(server.received.length, 4);
});

test("a connection dropped in the middle of the body is tried again", async (t) => {
  const half: Answer = (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"choices": [', () => response.socket?.destroy());
  };
  const server = await chatServer(t, half, says("hi"));
  assert.equal((await ask(server)).text, "hi");
  assert.equal(server.received.length, 2);
});

test("what no retry mends is said once", async (t) => {
  const cases: [failure: ProviderFailure, answer: Answer, says: RegExp, more?: Partial<ProviderConfig>][] = [
    [
      "auth",
      fails(401, { message: `Incorrect API key provided: ${KEY}.`, code: "invalid_api_key" }),
      /401 Incorrect API key provided: \[key\]/,
    ],
    ["auth", fails(403, { message: "no access" }), /403 no access/],
    [
      "quota",
      fails(429, { message: "You exceeded your quota", code: "insufficient_quota", type: "insufficient_quota" }),
      /exceeded your quota/,
    ],
    ["quota", fails(429, { message: "tomorrow" }, { "retry-after": "86400", "retry-after-ms": "" }), /tomorrow/],
    [
      "rejected",
      fails(400, { message: "Unsupported parameter: 'seed'", code: "unsupported_parameter" }),
      /400 Unsupported parameter: 'seed'/,
    ],
    ["rejected", fails(404, { message: "model not found" }), /404 model not found/],
    ["rejected", raw(404, "<html>\n<h1>Not\tFound</h1>", { "content-type": "text/html" }), /404 <html> <h1>Not Found/],
    ["malformed", raw(200, "{ this is no json"), /invalid JSON/],
    ["malformed", raw(200, "<html></html>", { "content-type": "text/html" }), /invalid JSON/],
    ["malformed", raw(200, ""), /invalid JSON/],
    ["malformed", json(200, { choices: [] }), /has no choices/],
    ["malformed", json(200, []), /has no choices/],
    ["malformed", json(200, null), /has no choices/],
    ["malformed", says(""), /has no text/],
    ["malformed", says(null), /has no text/],
    ["truncated", says("half a", {}, { finish_reason: "length" }), /cut off at max_tokens = 5/, { max_tokens: 5 }],
    ["truncated", says(null, {}, { finish_reason: "length" }), /cut off at the server's own limit/],
    ["refusal", says(null, {}, { message: { role: "assistant", content: null, refusal: "I will not." } }), /refused: I will not\./],
    ["refusal", says("", {}, { finish_reason: "content_filter" }), /content filter/],
  ];
  for (const [failure, answer, message, more] of cases) {
    const { server, error } = await serverAnd(t, [answer], more);
    assert.equal(error.failure, failure, error.message);
    assert.match(error.message, message);
    assert.equal(server.received.length, 1, error.message);
  }
});

test("a wrong key: the error names the variable", async (t) => {
  const { error } = await serverAnd(t, [fails(401, { message: "bad key" })]);
  assert.match(error.remedy, /TEST_API_KEY/);
});

test("rate limits and failures that stay are told after the retries", async (t) => {
  const limit = await serverAnd(t, [fails(429, { message: "slow down" })]);
  assert.equal(limit.error.failure, "quota");
  assert.equal(limit.server.received.length, 4);
  const broken = await serverAnd(t, [fails(503, { message: "overloaded" })]);
  assert.equal(broken.error.failure, "network");
  assert.equal(broken.server.received.length, 4);
});

test("a stalled connection times out once, before the headers and within the body", async (t) => {
  const stalled: Answer = () => {};
  const stalledBody: Answer = (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"choices": [');
  };
  for (const answer of [stalled, stalledBody]) {
    const { server, error } = await serverAnd(t, [answer], { timeout: 0.2 });
    assert.equal(error.failure, "timeout");
    assert.match(error.message, /no whole answer in 0.2 s/);
    assert.equal(server.received.length, 1);
  }
});

test("a body without end is cut off, and the connection closed", async (t) => {
  let closed: () => void = () => {};
  const hungUp = new Promise<void>((fulfil) => (closed = fulfil));
  const endless: Answer = (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const chunk = Buffer.alloc(1024 * 1024, " ");
    const blanks = new Readable({ read: () => void blanks.push(chunk) });
    pipeline(blanks, response, closed);
  };
  const { server, error } = await serverAnd(t, [endless]);
  assert.equal(error.failure, "malformed");
  assert.match(error.message, /more than 8 MiB/);
  assert.equal(server.received.length, 1);
  await hungUp;
});

test("no server: the reason is the system's", async () => {
  const port = await new Promise<number>((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => found(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
  const error = await failureOf(ask({ url: `http://127.0.0.1:${port}/v1` }));
  assert.equal(error.failure, "network");
  assert.match(error.message, /cannot reach http:\/\/127\.0\.0\.1:\d+\/v1: ECONNREFUSED/);
});

test("a key is needed unless the server is this machine's own", async (t) => {
  const server = await chatServer(t, says("hi"));
  assert.equal((await ask(server, { api_key_env: "NOT_SET_HERE" })).text, "hi");
  assert.equal(server.received[0]?.headers.authorization, "Bearer none");
  const named = await failureOf(ask({ url: "https://llm.invalid/v1" }, { api_key_env: "NOT_SET_HERE" }));
  assert.equal(named.failure, "auth");
  assert.match(named.message, /NOT_SET_HERE is not set/);
  const error = await failureOf(
    createProvider(project, { name: "default", kind: "openai-compatible", model: "m", timeout: 1, replies: "replies" }).complete({
      prompt: "",
      unit,
      attempt: 1,
    }),
  );
  assert.match(error.message, /api\.openai\.com.*OPENAI_API_KEY is not set/);
});

test("blanks around a key, as a file's line end, are not sent", async (t) => {
  const server = await chatServer(t, says("hi"));
  process.env["TEST_API_KEY_LINE"] = `${KEY}\n`;
  t.after(() => delete process.env["TEST_API_KEY_LINE"]);
  await ask(server, { api_key_env: "TEST_API_KEY_LINE" });
  assert.equal(server.received[0]?.headers.authorization, `Bearer ${KEY}`);
});

test("a key that no header can carry is not shown", async (t) => {
  const server = await chatServer(t, says("hi"));
  process.env["TEST_API_KEY_ODD"] = `${KEY}\n${KEY}`;
  t.after(() => delete process.env["TEST_API_KEY_ODD"]);
  const error = await failureOf(ask(server, { api_key_env: "TEST_API_KEY_ODD" }));
  assert.equal(error.failure, "auth");
});

test("the caller can give up: before, during, and while a retry waits", async (t) => {
  const reason = new Error("enough");
  const server = await chatServer(t, () => {});
  await assert.rejects(ask(server, {}, AbortSignal.abort(reason)), reason);
  assert.equal(server.received.length, 0);
  for (const answer of [() => {}, fails(429, { message: "slow" }, { "retry-after-ms": "900" })] satisfies Answer[]) {
    const controller = new AbortController();
    const busy = await chatServer(t, (response, request) => {
      answer(response, request);
      setTimeout(() => controller.abort(reason), 50);
    });
    await assert.rejects(ask(busy, {}, controller.signal), reason);
    assert.equal(busy.received.length, 1);
  }
});
