/**
 * Replies that want to pass without being right, or to touch what is not theirs: all layers, each layer gone, each layer alone.
 *
 * With HOSTILE_FULL=1 every reply also runs without each layer, and the table of what held is printed.
 */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";
import { contain, type Layer } from "./hostile/contained.ts";
import { ESCAPE } from "./hostile/escape.ts";
import { EXFILTRATION } from "./hostile/exfiltration.ts";
import { EXHAUSTION } from "./hostile/exhaustion.ts";
import { FORGERY } from "./hostile/forgery.ts";
import { number as reply } from "./hostile/reply.ts";
import { specFile, testProject } from "./judged.ts";

const ALL = [...FORGERY, ...ESCAPE, ...EXHAUSTION, ...EXFILTRATION];
const FULL = process.env["HOSTILE_FULL"] === "1";

test("there are enough, each by its own name", () => {
  assert.ok(ALL.length >= 80);
  assert.equal(new Set(ALL.map(({ tries }) => tries)).size, ALL.length);
});

test("all are contained, also those that the policy would have stopped, and nothing is left behind", async (t) => {
  const { project, results } = await contain(t, ALL);
  for (const { reply: { tries, says, stops }, passed, policy, text } of results) {
    assert.equal(passed, false, `${tries}: passed`);
    assert.match(text, says, tries);
    assert.doesNotMatch(text, /\/tmp\/|vibesafe-test-/, `${tries}: names a path of the machine`);
    assert.equal(policy, stops[0] === "policy", `${tries}: the policy`);
  }
  assert.ok(readdirSync(project.root).every((name) => /\.(?:ts|toml|json)$/.test(name)), readdirSync(project.root).join());
  assert.equal(existsSync("/tmp/vibesafe-was-here"), false);
  assert.deepEqual(childrenOf(process.pid), []);
});

for (const layer of ["lock", "copies", "process"] as const satisfies readonly Layer[]) {
  test(`without one layer, what the others hold: ${layer}`, async (t) => {
    const stoppedByItAlone = ({ stops }: (typeof ALL)[number]): boolean => stops.length === 1 && stops[0] === layer;
    const chosen = FULL ? ALL : ALL.filter((reply, i) => stoppedByItAlone(reply) || (i % 6 === 0 && !reply.stops.includes("limits")));
    const { results } = await contain(t, chosen, layer);
    const through = results.filter(({ passed, policy }) => passed && !policy);
    // What needs this very layer is known by name; all else is held by at least two.
    for (const { reply } of through) assert.ok(stoppedByItAlone(reply), `${reply.tries} got through`);
    if (layer === "copies") assert.ok(through.length > 0);
    if (FULL) {
      const withoutPolicy = results.filter(({ passed }) => passed);
      t.diagnostic(`without ${layer}: ${through.length} of ${results.length} get through (${through.map(({ reply }) => reply.tries).join("; ") || "none"})`);
      t.diagnostic(`without ${layer} and policy: ${withoutPolicy.length} (${withoutPolicy.map(({ reply }) => reply.tries).join("; ") || "none"})`);
    }
  });
}

test("what the user's files hold is expected as it was before the code ran", async (t) => {
  const header = "function answer(n: number): unknown";
  const exported = "export const LIMITS = { top: 42 };\nexport const sum = (): number => LIMITS.top;\n";
  const project = testProject(t, {
    "own.ts": specFile(">>> answer(1)\nLIMITS", header, exported),
    "other.ts": specFile(">>> answer(1)\nsum()", header, 'import { sum } from "./limits.ts";\nexport { LIMITS } from "./limits.ts";\nexport const s = sum;\n'),
    "limits.ts": exported,
    "thrown.ts": specFile(">>> answer(1)\n! LIMITS", header, exported),
  });
  const change = (file: string, end: string, at = ""): string => `import { LIMITS } from "${file}";\n${at}\nexport function answer(n) { ${at === "" ? "LIMITS.top = 41;" : ""} ${end} }\n`;
  const judged = await project.judgeAll([
    ["own.ts", "answer", change("./own.ts", "return LIMITS;")],
    ["own.ts", "answer", change("./own.ts", "return LIMITS;", "LIMITS.top = 41;")],
    ["other.ts", "answer", change("./other.ts", "return 41;")],
    ["thrown.ts", "answer", change("./thrown.ts", "throw LIMITS;")],
    ["own.ts", "answer", "export function answer() { return { top: 42 }; }"],
  ]);
  assert.deepEqual(judged.map(({ passed }) => passed), [false, false, false, false, true], judged.map(({ text }) => text).join("\n"));
  assert.match(judged[0]?.text ?? "", /expected: \{ top: 42 \}\nreceived: \{ top: 41 \}/);
});

test("code that a user's file calls at its import finds the language locked", async (t) => {
  const unit = `import { vibesafe, VibesafeHandled } from "vibesafe";
/** >>> [answer(1)].map((x) => x + 0)
 * [42] */
export const answer = vibesafe.func(function answer(n: number): number { throw new VibesafeHandled(); });
export const TABLE = [answer(1)];
`;
  const project = testProject(t, { "unit.ts": unit });
  const impl = reply("return 41;", "Array.prototype.map = () => [42];");
  const [judged] = await project.judge("unit.ts", [["answer", impl]], { "unit/answer": impl });
  assert.equal(judged?.passed, false);
  assert.match(judged?.text ?? "", /cannot be loaded: TypeError: Cannot assign to read only/);
});

test("the network is out of reach", async (t) => {
  let met = 0;
  const server = createServer((socket) => {
    met++;
    socket.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  // A file of the user's that opens a connection: what the user's own code can do, generated code could.
  const project = testProject(t, {
    "net.ts": `import { connect } from "node:net";\nexport const dial = (): unknown => connect(${port}, "127.0.0.1");\n`,
    "unit.ts": specFile(">>> answer(1)\n42", "function answer(n: number): number", 'export { dial } from "./net.ts";\n'),
  });
  const [judged] = await project.judge("unit.ts", [["answer", `import { dial } from "./unit.ts";\n${reply("dial(); return 42;")}`]]);
  assert.equal(judged?.passed, false);
  assert.match(judged?.text ?? "", /node:net: connect is not available in the sandbox/);
  assert.equal(met, 0);
});

/** Sandbox children of a process that still run (Linux only; elsewhere none are found). */
function childrenOf(pid: number): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
      return new RegExp(`^PPid:\\t${pid}$`, "m").test(status) && command.includes("--max-old-space-size") ? [command] : [];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}
