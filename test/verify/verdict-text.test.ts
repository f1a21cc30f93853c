/**
 * Failures as a person reads them: differences in colour, the console's output, the generated line.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { colours } from "../../lib/cli/colours.ts";
import { gateLines } from "../../lib/cli/verdict-text.ts";
import { gateFeedback } from "../../lib/compile/feedback.ts";
import { specFile, testProject } from "./judged.ts";

const [GREEN, RED, END] = ["\u001b[32m", "\u001b[31m", "\u001b[39m"];

test("a difference in colour, what was printed, and the line in impl.ts; the model gets the same text without colour", async (t) => {
  const project = testProject(t, { "u.ts": specFile(">>> unit(1)\n{ a: 1, b: 'a rather long text, so that it takes a second line', c: [1, 2, 3, 4] }\n>>> unit(2)\n1", "function unit(n: number): unknown") });
  const impl = "export function unit(n: number): unknown {\n  console.log('seen', n);\n  if (n > 1) throw new RangeError('big');\n  return { a: 2, b: 'a rather long text, so that it takes a second line', c: [1, 2, 3, 4] };\n}\n";
  const [judged] = await project.judge("u.ts", [["unit", impl]]);
  const gate = judged?.gates[0];
  assert.ok(gate);
  const shown = gateLines(gate, colours(true)).join("\n");
  assert.ok(shown.includes(`${GREEN}expected:${END}`) && shown.includes(`${RED}received:${END}`), shown);
  assert.match(shown, /\u001b\[32m\s+- .*a: 1,.*\u001b\[39m/);
  assert.match(shown, /\u001b\[31m\s+\+ .*a: 2,.*\u001b\[39m/);
  assert.match(shown, /printed: seen 1/);
  assert.match(shown, /RangeError: big\n\s+at impl\.ts:3\n\s+if \(n > 1\) throw new RangeError\('big'\);\n\s+printed: seen 2/);
  const plain = gateLines(gate, colours(false)).join("\n");
  const feedback = gateFeedback(impl, [gate]);
  for (const line of plain.split("\n").filter((each) => /expected:|received:|^\s+[-+] |printed|impl\.ts/.test(each))) assert.ok(feedback.includes(line.trim()), line);
  assert.ok(!feedback.includes("\u001b"));
});

test("what no example notices is shown as the lines before and after", () => {
  const gate = { name: "mutation", passed: true, tool: "vibesafe", version: "1", durationMs: 1, details: [{ title: "impl.ts:1: EqualityOperator: no example notices", passed: true, message: "- a > b\n+ a >= b" }, { title: "the examples notice 3 of 4 changes, 75 %", passed: true }] };
  assert.deepEqual(gateLines(gate, colours(true)).slice(1), [`        ${RED}- a > b${END}`, `        ${GREEN}+ a >= b${END}`, `  ${GREEN}✓${END} Mutation: the examples notice 3 of 4 changes, 75 %`]);
});
