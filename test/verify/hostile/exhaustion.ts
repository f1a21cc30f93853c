/**
 * Replies that want time or memory without end.
 */

import { number, object, promise, type Hostile } from "./reply.ts";

export const EXHAUSTION: readonly Hostile[] = [
  { tries: "an endless loop at the call", stops: ["limits"], impl: number("for (;;);"), says: /did not finish within/ },
  { tries: "an endless loop at import", stops: ["limits"], impl: number("return 42;", "for (;;);"), says: /loading impl.ts did not finish/ },
  { tries: "an endless loop in promise jobs", stops: ["limits"], impl: number("const again = () => Promise.resolve().then(again); again(); return 42;"), says: /did not finish|MiB of memory/ },
  { tries: "much memory on the heap", stops: ["limits"], impl: number("const all = []; for (;;) all.push(new Array(1e5).fill(n)); "), says: /did not finish within|MiB of memory/ },
  { tries: "much memory in buffers", stops: ["limits"], impl: number("const all = []; for (;;) all.push(new Uint8Array(2 ** 26).fill(1));"), says: /did not finish within|MiB of memory|allocation failed/i },
  { tries: "much memory in one string", stops: ["limits"], impl: number("let s = 'x'; for (;;) s += s;"), says: /Invalid string length/ },
  { tries: "the stack", stops: ["limits"], impl: number("return answer(n);"), says: /Maximum call stack/ },
  { tries: "a promise that never settles", stops: ["judge"], kind: "promise", impl: "export async function answer(n: number): Promise<number> { return new Promise(() => {}); }", says: /never settles/ },
  { tries: "a promise that settles too late", stops: ["limits"], kind: "promise", impl: "export async function answer(n: number): Promise<number> { return new Promise((done) => setTimeout(done, 60_000, 42)); }", says: /did not settle within/ },
  { tries: "a thenable that never answers", stops: ["judge"], kind: "promise", impl: "export function answer(n: number): Promise<number> { return { then() {} }; }", says: /never settles/ },
  { tries: "a regular expression that backtracks", stops: ["limits"], impl: number("return /^(a+)+$/.test(`${'a'.repeat(60)}b`) ? 40 : 41;"), says: /did not finish within/ },
  { tries: "an endless generator", stops: ["limits"], impl: number("let sum = 0; for (const one of (function* () { for (;;) yield 1; })()) sum += one; return sum;"), says: /did not finish within/ },
  { tries: "a loop that cannot be left", stops: ["limits"], impl: number("for (;;) { try { for (;;); } finally { continue; } }"), says: /did not finish within/ },
  { tries: "endless printing", stops: ["limits"], impl: number("for (;;) console.log('x'.repeat(1e6));"), says: /did not finish within|MiB of memory/ },
  { tries: "a huge integer", stops: ["limits"], impl: number("return Number((2n ** 30_000_000n) ** 5n % 7n);"), says: /did not finish within|Maximum BigInt|MiB of memory/ },
  { tries: "Atomics.wait", stops: ["limits"], impl: number("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); return 42;"), says: /did not finish within/ },
  { tries: "a value that is nested without end", stops: ["limits"], kind: "object", impl: object("let o: any = {}; for (let i = 0; i < 1e5; i++) o = { o }; return o;"), says: /nested too deeply/ },
  { tries: "an array of the greatest length", stops: ["judge"], kind: "object", impl: object("const all: unknown[] = []; all.length = 2 ** 32 - 1; return all;"), says: /4294967295 empty items/ },
  { tries: "a long text", stops: ["judge"], kind: "object", impl: object("return { sum: 'x'.repeat(2e7) };"), says: /received:\n/ },
  { tries: "many timers", stops: ["judge"], impl: number("for (let i = 0; i < 1e4; i++) setTimeout(() => {}, 60_000); return 41;"), says: /received: 41/ },
  { tries: "a timer without end", stops: ["judge"], impl: number("setInterval(() => {}, 1); return 41;"), says: /received: 41/ },
  { tries: "waiting without end", stops: ["limits"], kind: "promise", impl: promise("for (;;) await null;"), says: /did not finish within|did not settle within/ },
];
