/**
 * Replies that want to pass without being right, or to touch what is not theirs. Each gives the wrong answer 41, or none.
 */

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { specFile, testProject, type Judged } from "./judged.ts";

const SYNC = specFile(">>> answer(1)\n42", "function answer(n: number): number");
const OBJECT = specFile('>>> answer(1)\n{ sum: 42 }', "function answer(n: number): unknown");
const ASYNC = specFile(">>> await answer(1)\n42", "async function answer(n: number): Promise<number>");
const TEXT = specFile(">>> JSON.stringify([answer(1)].map((x) => x + 0))\n'[42]'", "function answer(n: number): number");

const reply = (body: string, before = ""): string => `${before}\nexport function answer(n) {\n${body}\n}\n`;

interface Hostile {
  readonly tries: string;
  readonly impl: string;
  readonly says: RegExp;
}

const SYNC_REPLIES: readonly Hostile[] = [
  { tries: "a wrong answer", impl: reply("return 41;"), says: /expected: 42\nreceived: 41/ },
  { tries: "process.exit at the call", impl: reply("process.exit(0);"), says: /process.exit is not available in the sandbox/ },
  { tries: "process.exit at import", impl: reply("return 41;", "process.exit(0);"), says: /impl.ts cannot be loaded/ },
  { tries: "process.reallyExit through a constructor", impl: reply("return answer.constructor('return process')().exit(0);"), says: /EvalError/ },
  { tries: "the host's Function through console", impl: reply("return console.log.constructor('return process')().exit(0);"), says: /EvalError/ },
  { tries: "the host's Function through a timer", impl: reply("return setTimeout(() => 0).constructor.constructor('return process')();"), says: /EvalError/ },
  { tries: "the host's Function through URL", impl: reply("return new URL('http://a').searchParams.constructor.constructor('return 42')();"), says: /EvalError/ },
  { tries: "eval", impl: reply("return (0, eval)('42');"), says: /EvalError/ },
  { tries: "a timer with text", impl: reply("setTimeout('x = 42'); return 41;"), says: /must be of type function/ },
  { tries: "WebAssembly", impl: reply("return new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) ? 42 : 41;"), says: /CompileError|WebAssembly/ },
  { tries: "an exception at import", impl: "export const answer = () => 42; throw new Error('no');", says: /impl.ts cannot be loaded: Error: no\nat impl.ts:1/ },
  { tries: "no export", impl: "export const other = 1;", says: /does not export answer/ },
  { tries: "a syntax error", impl: "export function answer( {", says: /impl.ts:1/ },
  { tries: "an endless loop at the call", impl: reply("for (;;);"), says: /did not finish within/ },
  { tries: "an endless loop at import", impl: reply("return 42;", "for (;;);"), says: /loading impl.ts did not finish/ },
  { tries: "an endless loop in promise jobs", impl: reply("const again = () => Promise.resolve().then(again); again(); return 42;"), says: /did not finish|MiB of memory/ },
  { tries: "an unhandled rejection", impl: reply("Promise.reject(new Error('left')); return 42;"), says: /outside of any example.*Error: left/s },
  { tries: "an error in a timer", impl: reply("setImmediate(() => { throw new Error('late'); }); return 42;"), says: /Error: late/ },
  { tries: "much memory on the heap", impl: reply("const all = []; for (;;) all.push(new Array(1e5).fill(n)); "), says: /MiB of memory/ },
  { tries: "much memory in buffers", impl: reply("const all = []; for (;;) all.push(new Uint8Array(2 ** 26).fill(1));"), says: /MiB of memory|allocation failed/i },
  { tries: "much memory in one string", impl: reply("let s = 'x'; for (;;) s += s;"), says: /Invalid string length/ },
  { tries: "the stack", impl: reply("return answer(n);"), says: /Maximum call stack/ },
  { tries: "a promise where a number is due", impl: reply("return Promise.resolve(42);"), says: /received: a Promise/ },
  { tries: "a thenable", impl: reply("return { then(done) { done(42); } };"), says: /received: \{ then/ },
  { tries: "a boxed number", impl: reply("return new Number(42);"), says: /\[Number: 42\]/ },
  { tries: "valueOf", impl: reply("return { valueOf: () => 42, toString: () => '42', [Symbol.toPrimitive]: () => 42 };"), says: /expected: 42/ },
  { tries: "toJSON", impl: reply("return { toJSON: () => 42 };"), says: /expected: 42/ },
  { tries: "the right text on the console", impl: reply("console.log('42'); return 41;"), says: /received: 41\nprinted: 42/ },
  {
    tries: "a verdict on the console",
    impl: reply("console.log(JSON.stringify({ nonce: '', report: { steps: [{ printed: '' }], uncaught: [] } })); return 41;"),
    says: /received: 41/,
  },
  { tries: "the bundle's own names", impl: reply("return typeof module + typeof exports + typeof hook + typeof load;"), says: /received: 'undefinedundefinedundefinedundefined'/ },
  { tries: "the caller", impl: reply("return answer.caller ?? arguments.callee;"), says: /TypeError/ },
  {
    tries: "the frames of the stack",
    impl: reply("const old = Error.prepareStackTrace; Error.prepareStackTrace = (_, f) => f.map((s) => s.getFunction() ?? s.getThis()).find(Boolean); const r = new Error().stack; return r ? r.toString() : 41;"),
    says: /threw|received: (?:41|'Error)/,
  },
  { tries: "child processes", impl: `import { execSync } from "node:child_process";\n${reply("return execSync('echo 42') | 0;")}`, says: /may not import node:child_process/ },
  { tries: "files", impl: `import { readFileSync } from "node:fs";\n${reply("return readFileSync('/etc/passwd').length;")}`, says: /may not import node:fs/ },
  { tries: "require", impl: reply("const load = require; return load('node:fs').writeSync(3, 'x');"), says: /not available in the sandbox|Dynamic require/ },
  { tries: "process.binding", impl: reply("return process.binding('fs') ? 42 : 41;"), says: /process.binding is not available/ },
  { tries: "a dynamic import", impl: reply("import('node:' + 'fs').then((fs) => fs.writeSync(3, 'x')); return 42;"), says: /outside of any example|import/ },
  { tries: "the environment", impl: reply("return Object.keys(process.env).length;"), says: /received: 0/ },
  { tries: "fetch", impl: reply("return fetch('http://127.0.0.1/');"), says: /fetch is not defined/ },
  { tries: "the registry of units", impl: `import { choose } from "vibesafe:registry";\n${reply("choose('unit/answer', () => ({})); return 41;")}`, says: /no module vibesafe:registry/ },
];

const OBJECT_REPLIES: readonly Hostile[] = [
  { tries: "a proxy that lies", impl: reply("return new Proxy({}, { ownKeys: () => ['sum'], getOwnPropertyDescriptor: () => ({ value: 42, enumerable: true, configurable: true }), get: () => 42 });"), says: /Proxy/ },
  { tries: "a proxy as prototype", impl: reply("return Object.setPrototypeOf({ sum: 42 }, new Proxy({}, {}));"), says: /prototype is a Proxy/ },
  { tries: "a getter", impl: reply("return { get sum() { return 42; } };"), says: /sum is a getter/ },
  { tries: "inspect.custom", impl: reply("return { [Symbol.for('nodejs.util.inspect.custom')]: () => '{ sum: 42 }' };"), says: /expected: \{ sum: 42 \}/ },
  { tries: "a property more", impl: reply("return { sum: 42, more: undefined };"), says: /more: undefined/ },
  { tries: "another prototype", impl: reply("return Object.assign(Object.create(null), { sum: 42 });"), says: /null prototype/ },
  { tries: "a class of the same shape", impl: reply("return new Sum();", "class Sum { sum = 42; }"), says: /Sum \{ sum: 42 \}/ },
  { tries: "a patched Object.prototype", impl: reply("Object.prototype.sum = 42; return {};"), says: /threw|received: \{\}/ },
  { tries: "minus zero and nothing", impl: reply("return { sum: undefined };"), says: /sum: undefined/ },
];

const TEXT_REPLIES: readonly Hostile[] = [
  { tries: "a patched JSON.stringify", impl: reply("JSON.stringify = () => '[42]'; return 41;"), says: /threw: TypeError: Cannot assign to read only/ },
  { tries: "another JSON", impl: reply("globalThis.JSON = { stringify: () => '[42]' }; return 41;"), says: /threw: TypeError|received: '\[41\]'/ },
  { tries: "a patched Array.prototype.map", impl: reply("Object.defineProperty(Array.prototype, 'map', { value: () => [42] }); return 41;"), says: /threw: TypeError/ },
  { tries: "a patched iterator", impl: reply("[][Symbol.iterator]().__proto__.next = () => ({ done: true }); return 41;"), says: /threw: TypeError/ },
  { tries: "a patch at import", impl: reply("return 41;", "Array.prototype.map = () => [42];"), says: /cannot be loaded: TypeError/ },
];

const ASYNC_REPLIES: readonly Hostile[] = [
  { tries: "a promise that never settles", impl: "export async function answer() { return new Promise(() => {}); }", says: /never settles/ },
  { tries: "a promise that settles too late", impl: "export async function answer() { return new Promise((done) => setTimeout(done, 60_000, 42)); }", says: /did not settle within/ },
  { tries: "a rejection", impl: "export async function answer() { throw new RangeError('no'); }", says: /threw: RangeError: no\nat impl.ts:1/ },
  { tries: "a patched then", impl: "export async function answer() { Promise.prototype.then = function (done) { done(42); }; return 41; }", says: /TypeError/ },
  { tries: "a thenable that never answers", impl: "export function answer() { return { then() {} }; }", says: /never settles/ },
];

const SETTINGS = "[sandbox]\ntimeout = 1\nmemory_mb = 64\n";

function check(replies: readonly Hostile[], judged: readonly Judged[]): void {
  replies.forEach(({ tries, says }, i) => {
    assert.equal(judged[i]?.passed, false, `${tries}: passed`);
    assert.match(judged[i]?.text ?? "", says, tries);
    assert.doesNotMatch(judged[i]?.text ?? "", /\/tmp\/|vibesafe-test-/, `${tries}: names a path of the machine`);
  });
}

for (const [name, source, replies] of [
  ["a number", SYNC, SYNC_REPLIES],
  ["an object", OBJECT, OBJECT_REPLIES],
  ["through the language", TEXT, TEXT_REPLIES],
  ["a promise", ASYNC, ASYNC_REPLIES],
] as const) {
  test(`hostile replies fail: ${name}`, async (t) => {
    const project = testProject(t, { "unit.ts": source }, SETTINGS);
    check(replies, await project.judge("unit.ts", replies.map(({ impl }) => ["answer", impl] as const)));
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

test("nothing is left behind", async (t) => {
  const project = testProject(t, { "unit.ts": SYNC }, SETTINGS);
  await project.judge("unit.ts", [["answer", reply("for (;;);")], ["answer", reply("return 42;")]]);
  assert.deepEqual(readdirSync(project.root).sort(), ["package.json", "unit.ts", "vibesafe.toml"]);
  assert.deepEqual(childrenOf(process.pid), []);
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
