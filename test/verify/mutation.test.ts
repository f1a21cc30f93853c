/**
 * The mutation check: which changes there are, and whether examples notice them.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSync } from "oxc-parser";
import { runGates } from "../../lib/verify/gates.ts";
import { mutantsOf, sampleMutants, type Mutant } from "../../lib/verify/mutation/mutants.ts";
import { specFile, testProject } from "./judged.ts";

const HEADER = "function unit(n: number): unknown";

/** Mutants of a function body, as `mutator: after`. */
function mutants(t: { after(cleanUp: () => void): void }, code: string, spec: string = specFile(">>> unit(1)\n1", HEADER)): Mutant[] {
  const project = testProject(t, { "u.ts": spec });
  const hashed = project.specs("u.ts").get("unit");
  const module = project.workspace.module("u.ts");
  assert.ok(hashed && module);
  return mutantsOf(code, hashed.spec, module);
}

const body = (statements: string): string => `export ${HEADER} {\n${statements}\n}\n`;

test("every mutator, on the code that it is for", (t) => {
  const cases: readonly (readonly [mutator: string, before: string, ...after: string[]])[] = [
    ["ArithmeticOperator", "return n /* + */ + (n * 2);", "return n /* + */ - (n * 2);", "return n /* + */ + (n / 2);"],
    ["EqualityOperator", "return n < 2;", "return n <= 2;", "return n >= 2;"],
    ["LogicalOperator", "return (n || 1) ?? n;", "return (n && 1) ?? n;", "return (((n || 1) ) && ( n));"],
    ["BooleanLiteral", "return !n || true;", "return n || true;", "return !n || false;"],
    ["ConditionalExpression", "return n > 1 ? n : 2;", "return true ? n : 2;", "return false ? n : 2;"],
    ["StringLiteral", 'return ["", "a", `b${n}`];', 'return ["mutated", "a", `b${n}`];', 'return ["", "", `b${n}`];', 'return ["", "a", ``];'],
    ["NumericLiteral", "return [1, 2n];", "return [2, 2n];", "return [1, 3n];"],
    ["ArrayDeclaration", "return [[], n];", "return [];", 'return [["mutated"], n];'],
    ["ObjectLiteral", "return { n };", "return {};"],
    ["OptionalChaining", "return globalX?.a?.[n]?.(n);", "return globalX.a?.[n]?.(n);", "return globalX?.a[n]?.(n);", "return globalX?.a?.[n](n);"],
    ["UnaryOperator", "return -n + ~n;", "return +n + ~n;", "return -n + n;"],
    ["UpdateOperator", "return [n++, --n];", "return [n--, --n];", "return [n++, ++n];"],
    ["AssignmentOperator", "n += 2; return n;", "n -= 2; return n;"],
    ["MethodExpression", "return (String(n)).trim().toUpperCase();", "return (String(n)).toUpperCase();", "return (String(n)).trim().toLowerCase();"],
    ["ArrowFunction", "return [n].map((x) => x);", "return [n].map((x) => undefined);"],
    ["ReturnValue", "return n;", "return undefined;"],
    ["StatementRemoval", "n.toFixed(); return n;", "; return n;"],
    ["BlockStatement", "if (n) { n.toFixed(); }\nreturn n;", "if (n) {}\nreturn n;"],
  ];
  for (const [mutator, before, ...after] of cases) {
    const empties = mutator === "BlockStatement" || mutator === "ObjectLiteral";
    const found = mutants(t, body(before)).filter((mutant) => {
      const isEmpty = mutant.text === "{}";
      return mutant.mutator === mutator && isEmpty === empties;
    });
    assert.deepEqual(found.map(({ code }) => code).sort().filter((code) => code !== `export ${HEADER} {}\n`), after.map(body).sort(), mutator);
  }
});

test("every mutant parses, differs, and tells its lines; nothing of the spec's own is changed", (t) => {
  const spec = specFile(">>> unit(1)\n1", HEADER).replace("  throw new", "  if (n > 3) throw new Error('no');\n  throw new").replace("/**", "const LIMIT = 4;\n/**");
  const code = `const LIMIT = 4;\nconst STEP: 2 | 3 = 2;\nexport ${HEADER} {\n  if (n > 3) throw new Error('no');\n  switch (n) { case 1: return "a" as const; default: n %= LIMIT; }\n  for (let i = 0; i < 3; i++) n -= STEP;\n  return n;\n}\n`;
  const found = mutants(t, code, spec);
  assert.ok(found.length > 10);
  assert.equal(new Set(found.map((mutant) => mutant.code)).size, found.length);
  for (const mutant of found) {
    assert.notEqual(mutant.code, code);
    assert.deepEqual(parseSync("m.ts", mutant.code).errors, [], mutant.code);
    assert.notEqual(mutant.line, 1, "LIMIT is the spec's");
    assert.ok(mutant.line !== 4, "the pre-hole code is the spec's");
    assert.match(mutant.diff, /^- .*\n/);
    assert.ok(mutant.code.split("\n").includes(mutant.diff.split("\n").find((line) => line.startsWith("+"))?.slice(2) ?? ""), mutant.diff);
  }
  const some = sampleMutants(found, 5, "salt");
  assert.equal(some.length, 5);
  assert.deepEqual(sampleMutants([...found], 5, "salt"), some);
  assert.notDeepEqual(sampleMutants(found, 5, "other"), some);
});

test("killed, survived, endless, not reached; the score as a gate", async (t) => {
  const spec = specFile(">>> unit(4)\n10\n>>> unit(0)\n0", "function unit(n: number): number");
  const code = "export function unit(n: number): number {\n  let sum = 0;\n  for (let i = n; i > 0; i--) sum += i;\n  if (sum > 1000) return -1;\n  return sum;\n}\n";
  const project = testProject(t, { "u.ts": spec }, "[gates]\ncoverage = \"off\"\nmutation = { threshold = 90, limit = 50 }\n[sandbox]\ntimeout = 1\n");
  const hashed = project.specs("u.ts").get("unit");
  assert.ok(hashed);
  const [verdict, wrong] = await runGates(project.workspace, [{ hashed, impl: code }, { hashed, impl: code.replace("sum += i", "sum -= i") }]);
  const status = (diff: RegExp): string | undefined => verdict?.mutation?.mutants.find((mutant) => diff.test(mutant.diff))?.status;
  assert.equal(status(/^\+ .*sum -= i;/m), "killed");
  assert.equal(status(/^\+ .*i\+\+/m), "timeout");
  assert.equal(status(/^\+ .*sum >= 1000/m), "survived");
  assert.equal(status(/^\+ .*return \+1/m), "no-coverage");
  assert.equal(verdict?.mutation?.mutants.find(({ diff }) => /^\+ .*sum -= i;/m.test(diff))?.killedBy, "unit(4)");
  const gate = verdict?.gates.find(({ name }) => name === "mutation");
  assert.deepEqual([gate?.passed, verdict?.passed], [false, false]);
  assert.match(gate?.details.at(-1)?.title ?? "", /^the examples notice \d+ of \d+ changes, [\d.]+ %, at least 90 % wanted$/);
  assert.equal(wrong?.mutation, undefined, "nothing is learned from code that is wrong already");
});
