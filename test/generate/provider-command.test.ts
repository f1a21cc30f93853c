import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { VibesafeProviderError } from "../../lib/errors.ts";
import { createProvider } from "../../lib/generate/providers/create.ts";
import type { Completion } from "../../lib/generate/providers/provider.ts";
import { parseConfig } from "../../lib/project/config.ts";
import { parseUnitId } from "../../lib/spec/unit-id.ts";
import { tempDir } from "../temp.ts";

const unit = parseUnitId("src.math/add");

/** Asks a program; `script` is run by this Node. */
function ask(
  root: string,
  script: string | readonly string[],
  { timeout = 20, prompt = "Say hi.\n", signal = undefined as AbortSignal | undefined } = {},
): Promise<Completion> {
  const project = { root, config: parseConfig("", "vibesafe.toml"), storeDir: join(root, ".vibesafe") };
  const command = typeof script === "string" ? [process.execPath, "-e", script] : script;
  return createProvider(project, { name: "default", kind: "command", model: "local", timeout, replies: "replies", command }).complete({
    prompt,
    unit,
    attempt: 1,
    signal,
  });
}

async function failureOf(asked: Promise<unknown>): Promise<VibesafeProviderError> {
  const error: unknown = await asked.then(
    () => assert.fail("it answered"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof VibesafeProviderError, String(error));
  assert.equal(error.unit, unit);
  assert.notEqual(error.remedy, "");
  return error;
}

/** Waits until no process of that id is left. */
async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    // A zombie that its new parent has not reaped yet is dead as well.
    if (existsSync(`/proc/${pid}/stat`) && / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) return true;
    await wait(50);
  }
  return false;
}

test("the prompt goes in on stdin, the reply comes out on stdout, in the project's root", async (t) => {
  const root = tempDir(t);
  const completion = await ask(
    root,
    'process.stdin.on("data", (d) => process.stdout.write(String(d).toUpperCase())).on("end", () => process.stdout.write(process.cwd() + "é"))',
  );
  assert.deepEqual(completion, { text: `SAY HI.\n${root}é`, model: "local", finishReason: "stop" });
});

test("no shell looks at the command, and a path is from the project's root", async (t) => {
  const root = tempDir(t);
  mkdirSync(join(root, "tools"));
  writeFileSync(join(root, "tools/llm.sh"), '#!/bin/sh\necho "$1"\n');
  chmodSync(join(root, "tools/llm.sh"), 0o755);
  assert.equal((await ask(root, ["./tools/llm.sh", "$(id); *"])).text, "$(id); *\n");
});

test("a large prompt and a program that does not read it", async (t) => {
  const root = tempDir(t);
  const prompt = "x".repeat(4 * 1024 * 1024);
  assert.equal((await ask(root, 'process.stdout.write("hi"); process.exitCode = 0; process.stdin.destroy()', { prompt })).text, "hi");
  assert.equal(
    (await ask(root, 'let n = 0; process.stdin.on("data", (d) => n += d.length).on("end", () => console.log(n))', { prompt })).text,
    `${prompt.length}\n`,
  );
});

test("an exit status is a failure, told with the end of what was said", async (t) => {
  const root = tempDir(t);
  const error = await failureOf(
    ask(
      root,
      'console.log("half"); for (let i = 0; i < 1000; i++) console.error("line " + i); console.error("\\x1b[31mno model loaded\\x1b[0m"); process.exitCode = 3',
    ),
  );
  assert.equal(error.failure, "rejected");
  assert.match(error.message, /exited with status 3\n(line \d+\n){9}no model loaded$/);
  const killed = await failureOf(ask(root, 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 1000)'));
  assert.match(killed.message, /was ended by SIGTERM/);
});

test("answers that are none", async (t) => {
  const root = tempDir(t);
  const silent = await failureOf(ask(root, 'process.stdout.write(" \\n")'));
  assert.equal(silent.failure, "malformed");
  assert.match(silent.message, /printed nothing/);
  const binary = await failureOf(ask(root, "process.stdout.write(Buffer.from([0xff, 0xfe, 0xfd]))"));
  assert.equal(binary.failure, "malformed");
  assert.match(binary.message, /not UTF-8/);
  const endless = await failureOf(
    ask(root, 'const b = Buffer.alloc(65536, "x"); const more = () => process.stdout.write(b, more); more()'),
  );
  assert.equal(endless.failure, "malformed");
  assert.match(endless.message, /more than 8 MiB/);
});

test("a program that is not there, or cannot run", async (t) => {
  const root = tempDir(t);
  const absent = await failureOf(ask(root, ["no-such-program-here"]));
  assert.equal(absent.failure, "missing");
  assert.match(absent.message, /cannot start no-such-program-here: no such program/);
  writeFileSync(join(root, "plain"), "text");
  assert.match((await failureOf(ask(root, ["./plain"]))).message, /cannot start \.\/plain: not executable/);
});

test("a timeout ends the program and what it started", { skip: process.platform === "win32" }, async (t) => {
  const root = tempDir(t);
  const script = 'sleep 1000 & echo "$$ $!" > pids; wait';
  const error = await failureOf(ask(root, ["/bin/sh", "-c", script], { timeout: 1.5 }));
  assert.equal(error.failure, "timeout");
  assert.match(error.message, /gave no answer in 1.5 s/);
  const pids = readFileSync(join(root, "pids"), "utf8").split(" ").map(Number);
  assert.equal(pids.length, 2);
  for (const pid of pids) assert.ok(await gone(pid), `${pid} lives`);
});

test("the caller can give up", async (t) => {
  const root = tempDir(t);
  const reason = new Error("enough");
  await assert.rejects(ask(root, "", { signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const asked = ask(root, 'require("node:fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000)', {
    signal: controller.signal,
  });
  while (!existsSync(join(root, "pid")) || readFileSync(join(root, "pid"), "utf8") === "") await wait(20);
  controller.abort(reason);
  await assert.rejects(asked, reason);
  assert.ok(await gone(Number(readFileSync(join(root, "pid"), "utf8"))));
});

test("a background process that keeps the pipe open does not hold up the answer", { skip: process.platform === "win32" }, async (t) => {
  const root = tempDir(t);
  const script = `
    const child = require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 30000)"], { stdio: "inherit", detached: true });
    child.unref();
    require("node:fs").writeFileSync("pid", String(child.pid));
    console.log("hi");`;
  assert.equal((await ask(root, script)).text, "hi\n");
  process.kill(Number(readFileSync(join(root, "pid"), "utf8")));
});
