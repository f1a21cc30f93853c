/**
 * The four rules of the example grammar, each both ways, as the sandbox judges them.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesText } from "../../lib/verify/sandbox/child/text-match.ts";
import { specFile, testProject } from "./judged.ts";

interface Case {
  readonly doc: string;
  readonly impl: string;
  /** True, or what the failure says. */
  readonly result: true | RegExp;
}

const returns = (value: string): string => `export function unit(n?: unknown): unknown { return ${value}; }`;
const does = (body: string): string => `export function unit(n?: any): any { ${body} }`;
const throws = (value: string): string => does(`throw ${value};`);

const CASES: Record<string, readonly Case[]> = {
  "rule 1: what is thrown": [
    { doc: ">>> unit()\n! RangeError: not a number: x", impl: throws('new RangeError("not a number: x")'), result: true },
    { doc: ">>> unit()\n! RangeError: not ...: x", impl: throws('new RangeError("not a number: x")'), result: true },
    { doc: ">>> unit()\n! RangeError: ...", impl: throws('new RangeError("one\\ntwo")'), result: true },
    { doc: ">>> unit()\n! RangeError: not", impl: throws('new RangeError("not a number: x")'), result: /expected to throw: RangeError: not\nthrew: RangeError: not a number: x\nat impl.ts:1/ },
    { doc: ">>> unit()\n! RangeError: x", impl: throws('new TypeError("x")'), result: /threw: TypeError: x/ },
    { doc: ">>> unit()\n! Error: x", impl: throws('new TypeError("x")'), result: /threw: TypeError: x/ },
    { doc: ">>> unit()\n! Mine: x", impl: `class Mine extends Error {}\n${throws('new Mine("x")')}`, result: true },
    { doc: ">>> unit()\n! E_CODE: x", impl: throws('Object.assign(new Error("x"), { name: "E_CODE" })'), result: true },
    { doc: ">>> unit()\n! RangeError: x", impl: returns("1"), result: /expected to throw: RangeError: x\nreturned: 1/ },
    { doc: ">>> unit()\n! RangeError: x", impl: throws('{ name: "RangeError", message: "x" }'), result: /threw: \{ name/ },
    { doc: ">>> unit()\n! RangeError: x", impl: "export async function unit() { throw new RangeError('x'); }", result: /returned: a Promise/ },
    { doc: ">>> await unit()\n! RangeError: x", impl: "export async function unit() { throw new RangeError('x'); }", result: true },
    { doc: ">>> unit()\n! { code: 4 }", impl: throws("{ code: 4 }"), result: true },
    { doc: ">>> unit()\n! { code: 4 }", impl: throws("{ code: 5 }"), result: /expected to throw: \{ code: 4 \}\nthrew: \{ code: 5 \}/ },
    { doc: ">>> unit()\n! 'text'", impl: throws("'text'"), result: true },
    { doc: ">>> unit()\n! undefined", impl: throws("undefined"), result: true },
    { doc: ">>> unit()\n! undefined", impl: returns("undefined"), result: /returned: undefined/ },
    { doc: ">>> unit()\n1", impl: throws('new Error("no")'), result: /expected: 1\nthrew: Error: no\nat impl.ts:1/ },
  ],
  "rule 2: what is printed": [
    { doc: ">>> unit()\nhello 1", impl: does('console.log("hello", 1);'), result: true },
    { doc: ">>> unit()\nhello\nworld", impl: does('console.log("hello  "); console.error("world");'), result: true },
    { doc: ">>> unit()\nhello...world", impl: does('console.log("hello\\nbig\\nworld");'), result: true },
    { doc: ">>> unit()\n42", impl: does('console.log("42");'), result: true },
    { doc: ">>> unit()\n42", impl: does('console.log("43");'), result: /expected to be printed: 42\nprinted: 43/ },
    { doc: ">>> unit()\n'42'", impl: does('console.log("42");'), result: /printed: 42/ },
    { doc: ">>> unit()\n42", impl: does('console.log("42"); return 41;'), result: /received: 41\nprinted: 42/ },
    { doc: ">>> await unit()\nlate", impl: "export async function unit() { await null; console.log('late'); }", result: true },
  ],
  "rule 3: deep equality": [
    { doc: ">>> unit()\n[1, { a: 'x' }]", impl: returns("[1, { a: 'x' }]"), result: true },
    { doc: ">>> unit()\n{ b: 2, a: 1 }", impl: returns("{ a: 1, b: 2 }"), result: true },
    { doc: ">>> unit()\n[1]", impl: returns("[1, 2]"), result: /expected: \[ 1 \]\nreceived: \[ 1, 2 \]/ },
    { doc: ">>> unit()\n'1'", impl: returns("1"), result: /expected: '1'\nreceived: 1/ },
    { doc: ">>> unit()\n0", impl: returns("-0"), result: /received: -0/ },
    { doc: ">>> unit()\nNaN", impl: returns("NaN"), result: true },
    { doc: ">>> unit()\nundefined", impl: returns("undefined"), result: true },
    { doc: ">>> unit()\nundefined", impl: returns("null"), result: /received: null/ },
    { doc: ">>> unit()\n10n ** 20n", impl: returns("100000000000000000000n"), result: true },
    { doc: ">>> unit()\nnew Map([[1, new Set(['a'])]])", impl: returns("new Map([[1, new Set(['a'])]])"), result: true },
    { doc: ">>> unit()\nnew Map([[1, new Set(['a'])]])", impl: returns("new Map([[1, new Set(['b'])]])"), result: /received: Map/ },
    { doc: ">>> unit()\nnew Date(5)", impl: returns("new Date(6)"), result: /received/ },
    { doc: ">>> unit()\n/a+/gi", impl: returns("new RegExp('a+', 'gi')"), result: true },
    { doc: ">>> unit()\nnew Uint8Array([1, 2])", impl: returns("Uint8Array.of(1, 2)"), result: true },
    { doc: ">>> unit()\nnew Uint8Array([1, 2])", impl: returns("[1, 2]"), result: /received: \[ 1, 2 \]/ },
    { doc: ">>> unit()\nnew URL('http://a/b')", impl: returns("new URL('/b', 'http://a')"), result: true },
    { doc: ">>> unit()\nnew URL('http://a/b')", impl: returns("new URL('http://a/c')"), result: /received/ },
    { doc: ">>> unit()\nnew Error('x')", impl: returns("new Error('x')"), result: true },
    { doc: ">>> unit()\nnew Error('x')", impl: returns("new Error('y')"), result: /received: \[Error: y\]/ },
    { doc: ">>> unit()\nPromise.resolve(1)", impl: returns("Promise.resolve(1)"), result: /received: a Promise/ },
    { doc: ">>> unit()\n1", impl: "export async function unit() { return 1; }", result: /received: a Promise \(the example does not await it\)/ },
    { doc: ">>> await unit()\n1", impl: "export async function unit() { return 1; }", result: true },
    { doc: ">>> await unit()\n1", impl: returns("1"), result: true },
    { doc: ">>> const a = unit()\n>>> unit() === a\ntrue", impl: "const one = {};\nexport function unit() { return one; }", result: true },
    { doc: ">>> const a = [1]\n>>> unit(a)\na", impl: returns("n"), result: true },
    { doc: ">>> const a = [1]\n>>> unit(a)\na", impl: does("n.push(2); return n;"), result: /expected: \[ 1 \]\nreceived: \[ 1, 2 \]\n\(the code changed what the expectation names/ },
    { doc: ">>> const a = [2, 1]; unit(a)\na.toSorted()", impl: does("n.length = 0; return n;"), result: /expected: \[ 1, 2 \]\nreceived: \[\]/ },
    { doc: ">>> const b = 5; unit(b + 1)\nb + 1", impl: returns("n"), result: true },
    { doc: ">>> const a = [1]\n>>> unit(a)\n! a", impl: does("n.push(2); throw n;"), result: /expected to throw: \[ 1 \]/ },
    { doc: ">>> const a = [1]\n>>> a.push(2); unit(a)\na", impl: returns("n"), result: true },
  ],
  "rule 4: inspected text": [
    { doc: ">>> unit()\nPoint { x: 1 }", impl: `class Point { x = 1; }\n${returns("new Point()")}`, result: true },
    { doc: ">>> unit()\nPoint { x: ... }", impl: `class Point { x = 1; }\n${returns("new Point()")}`, result: true },
    { doc: ">>> unit()\nPoint { x: 1 }", impl: `class Point { x = 2; }\n${returns("new Point()")}`, result: /received: Point \{ x: 2 \}/ },
    { doc: ">>> unit()\n[Function: ...]", impl: returns("() => 1"), result: /received: \[Function \(anonymous\)\]/ },
    { doc: ">>> unit()\nMap(1) { 1 => 'a' }", impl: returns("new Map([[1, 'a']])"), result: true },
    { doc: ">>> unit()\n<1 empty item>, ...", impl: returns("1"), result: /expected: <1 empty item>/ },
    { doc: ">>> unit()\nPromise { <pending> }", impl: returns("new Promise(() => {})"), result: true },
  ],
  "where they part": [
    { doc: ">>> unit()\n'abcdefghijklmnopqrstuvwxyz-1'", impl: returns("'abcdefghijklmnopqrstuvwxyz-2'"), result: /received: 'abc.*-2'\nthey part after ".*xyz-": "1'" expected, not "2'"/ },
    { doc: ">>> unit()\none\ntwo\nthree", impl: does("console.log('one\\n2\\nthree');"), result: /difference \(- expected, \+ received\):\n {4}one\n {2}- two\n {2}\+ 2\n {4}three$/ },
    { doc: ">>> unit()\n1", impl: `export function unit() {\n  return nothing();\n}\nfunction nothing() {\n  console.log("seen");\n  throw new RangeError("no");\n}`, result: /expected: 1\nthrew: RangeError: no\nat impl.ts:6, called from impl.ts:2\n {4}throw new RangeError\("no"\);\nprinted: seen$/ },
  ],
  "no expectation": [
    { doc: ">>> unit()", impl: returns("1"), result: true },
    { doc: ">>> unit()", impl: throws('new Error("no")'), result: /threw: Error: no/ },
    { doc: ">>> unit()", impl: "export async function unit() { throw new Error('no'); }", result: /outside of any example/ },
    { doc: ">>> let total = 0\n>>> for (const x of [1, 2]) {\n...   total += x;\n... }\n>>> total\n3", impl: returns("1"), result: true },
    { doc: ">>> const { a, b: [c] } = { a: 1, b: [2] }\n>>> function twice(x: number) { return x * 2; }\n>>> twice(a + c)\n6", impl: returns("1"), result: true },
    { doc: ">>> class Box { v: number = 3 }\n>>> type T = { v: number }\n>>> const box: T = new Box()\n>>> box.v\n3", impl: returns("1"), result: true },
    { doc: ">>> unit(\n...   1,\n... )\n1", impl: returns("n"), result: true },
    { doc: "@example\nunit(2) // => 2\nunit(3)\n// => 3", impl: returns("n"), result: true },
    { doc: "@example\nunit(2) // => 3", impl: returns("n"), result: /expected: 3\nreceived: 2/ },
  ],
};

for (const [title, cases] of Object.entries(CASES)) {
  test(title, async (t) => {
    const files = Object.fromEntries(cases.map(({ doc }, i) => [`c${i}.ts`, specFile(doc, "function unit(n?: any): any")]));
    const project = testProject(t, files);
    const judged = await project.judgeAll(cases.map(({ impl }, i) => [`c${i}.ts`, "unit", impl] as const));
    cases.forEach(({ doc, impl, result }, i) => {
      const { passed = false, text = "" } = judged[i] ?? {};
      if (result === true) assert.ok(passed, `${doc}\n${impl}\n${text}`);
      else assert.match(text, result, `${doc}\n${impl}`);
    });
  });
}

test("`...` in a text matches anything, anywhere", () => {
  for (const [pattern, text, expected] of [
    ["a...c", "abc", true],
    ["a...c", "ac", true],
    ["a...a", "a", false],
    ["...b...b...", "b b", true],
    ["...b...b...", "b", false],
    ["...", "", true],
    ["a  \nb", "a\nb  \n", true],
    ["a", "a.", false],
  ] as const) {
    assert.equal(matchesText(pattern, text), expected, `${pattern} on ${text}`);
  }
  // Linear: a pattern of many dots does not explode.
  assert.equal(matchesText(`${"a...".repeat(200)}b`, "a".repeat(20_000)), false);
});
