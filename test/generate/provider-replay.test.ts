import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { VibesafeProviderError } from "../../lib/errors.ts";
import { createProvider } from "../../lib/generate/providers/create.ts";
import { replyPath } from "../../lib/generate/providers/replay.ts";
import { openProject, providerNamed } from "../../lib/project/project.ts";
import { parseUnitId } from "../../lib/spec/unit-id.ts";
import { tempDir } from "../temp.ts";

const unit = parseUnitId("examples.math.ops/sumStr");

function setUp(
  t: { after(f: () => void): void },
  files: Record<string, string | Buffer>,
): (attempt: number, of?: typeof unit) => Promise<{ text: string }> {
  const root = tempDir(t);
  writeFileSync(join(root, "vibesafe.toml"), '[provider.default]\nkind = "replay"\nreplies = "test/replies"\n');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const project = openProject(root);
  const provider = createProvider(project, providerNamed(project));
  return (attempt, of = unit) => provider.complete({ prompt: "p", unit: of, attempt });
}

test("the n-th attempt has the n-th file", async (t) => {
  const ask = setUp(t, {
    "test/replies/examples.math.ops/sumStr.md": "one\r\n",
    "test/replies/examples.math.ops/sumStr.2.md": "two",
    "test/replies/examples.math.ops/sumStr.3.md": "three",
  });
  assert.deepEqual(await ask(1), { text: "one\r\n", model: "replay", finishReason: "stop" });
  assert.equal((await ask(2)).text, "two");
  assert.equal((await ask(3)).text, "three");
});

test("a reply that is not there: the path to write is named", async (t) => {
  const ask = setUp(t, { "test/replies/examples.math.ops/sumStr.md": "one" });
  await assert.rejects(ask(2), (error) => {
    assert.ok(error instanceof VibesafeProviderError);
    assert.equal(error.failure, "missing");
    assert.match(error.message, /no recorded reply for attempt 2: test\/replies\/examples\.math\.ops\/sumStr\.2\.md/);
    assert.match(error.remedy, /write the reply to test\/replies\/examples\.math\.ops\/sumStr\.2\.md/);
    return true;
  });
});

test("a reply that is no text", async (t) => {
  const ask = setUp(t, { "test/replies/examples.math.ops/sumStr.md": Buffer.from([0xc3, 0x28]) });
  await assert.rejects(ask(1), (error) => error instanceof VibesafeProviderError && error.failure === "malformed");
});

test("no unit's name leaves the folder", async (t) => {
  const ask = setUp(t, { "test/secret.md": "secret", "secret.md": "secret" });
  const config = { name: "default", kind: "replay", model: "replay", timeout: 1, replies: "replies" } as const;
  for (const modulePath of ["..", "../..", "a/../..", ".", "a b", "C:", "%2e%2e", "ü", "a\\..\\..", "con"]) {
    const id = `${modulePath}/secret` as typeof unit;
    const path = replyPath(config, id, 1);
    assert.equal(path.split("/").length, 3, path);
    assert.ok(!path.split("/").includes(".."), path);
    await assert.rejects(ask(1, id), (error) => error instanceof VibesafeProviderError && error.failure === "missing", path);
  }
  assert.equal(replyPath(config, parseUnitId("src.a/Class.method"), 2), "replies/src.a/Class.method.2.md");
});
