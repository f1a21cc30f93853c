import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkImplementation, type ValidationReport } from "../../lib/generate/validate.ts";
import { specProject } from "./spec-project.ts";

const SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";
/** >>> f("a")
 * 1 */
export const f = vibesafe.func(function f(a: string): unknown {
  throw new VibesafeHandled();
});
`;

function checker(t: { after(f: () => void): void }): (impl: string) => ValidationReport {
  const { workspace, unit } = specProject(t, { "a.ts": SPEC });
  const hashed = unit("a.ts", "f");
  return (impl) => checkImplementation(workspace, hashed, impl);
}

const body = (code: string): string => `export function f(a: string): unknown {\n${code}\n}\n`;

test("code that nests too deeply for the parser is refused, and the process lives", (t) => {
  const check = checker(t);
  const n = 100_000;
  for (const code of [
    `return ${"[".repeat(n)}${"]".repeat(n)};`,
    `return ${"!".repeat(n)}a;`,
    `return ${"x=>".repeat(n)}1;`,
    `return ${"a?b:".repeat(n)}c;`,
    `${"if(a)".repeat(n)};`,
    `type A = ${"()=>".repeat(n)}a;`,
    `${Array.from({ length: 20_000 }, (_, i) => `l${i}:`).join("")};`,
  ]) {
    const { problems } = check(body(code));
    assert.equal(problems.length > 0, true, code.slice(0, 20));
    assert.match(problems[0]?.message ?? "", /deep/, code.slice(0, 20));
  }
});

test("chains without brackets are checked or refused", (t) => {
  const check = checker(t);
  for (const code of [
    `return ${"1+".repeat(20_000)}1;`,
    `return a${".b".repeat(20_000)};`,
    `return a${"()".repeat(20_000)};`,
    `type A = 1${"|1".repeat(20_000)};`,
  ]) {
    const { text } = check(body(code));
    assert.ok(text === "" || /deep/.test(text), text.slice(0, 200));
  }
});

test("long code with little nesting passes", (t) => {
  const check = checker(t);
  const lines = Array.from({ length: 5_000 }, (_, i) => `  if (a === "${i}") return [${i}, { n: -${i} }];`).join("\n");
  assert.equal(check(body(lines)).text, "");
});

test("too long, lone surrogates, NUL and characters that turn text around", (t) => {
  const check = checker(t);
  assert.match(check(body(`// ${"x".repeat(1024 * 1024)}`)).text, /1:1 size: the code has \d+ bytes/);
  assert.match(check(body('return "\uD800";')).text, /lone surrogate/);
  assert.equal(check(body('return "\\uD800 \u{1F600}";')).text, "");
  assert.match(check(body('return "\0";')).text, /2:9 text: the code holds U\+0000/);
  assert.match(check(body("return 1; // \u202E ;")).text, /2:14 text: the code holds U\+202E/);
});

test("any text gets an answer", (t) => {
  const check = checker(t);
  const word = fc.constantFrom(
    "export",
    "function",
    "f",
    "(",
    ")",
    "{",
    "}",
    "a",
    ":",
    "string",
    "unknown",
    "=>",
    "=",
    "const",
    "class",
    "type",
    "`",
    "${",
    "import",
    '"x"',
    "from",
    ";",
    "\n",
    "@",
    "<",
    ">",
    "/",
    "//",
    "...",
    "async",
    "await",
    "enum",
    "declare",
    "[",
    "]",
    "?.",
    "eval",
    "#x",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(word).map((words) => words.join(" ")),
      ),
      (impl) => {
        assert.notEqual(check(impl).text, "");
      },
    ),
    { numRuns: 200 },
  );
});
