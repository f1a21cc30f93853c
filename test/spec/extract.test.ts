/**
 * What is a spec, and all that is read from one.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { extractSpecs } from "../../lib/spec/extract.ts";
import { parseModule } from "../../lib/spec/parse.ts";
import type { Spec } from "../../lib/spec/types.ts";

const IMPORT = 'import { vibesafe, VibesafeHandled } from "vibesafe";\n';
const HOLE = "throw new VibesafeHandled();";

function extract(source: string, file: string = "src/a.ts"): ReturnType<typeof extractSpecs> {
  return extractSpecs(parseModule(source, file), file);
}

function specsIn(source: string, file?: string): readonly Spec[] {
  const { specs, problems } = extract(source, file);
  assert.deepEqual(problems.map(({ error }) => error.message), []);
  return specs;
}

function only(source: string): Spec {
  const [spec, ...more] = specsIn(source);
  assert.ok(spec);
  assert.deepEqual(more, []);
  return spec;
}

test("everything about a spec", () => {
  const source = `${IMPORT}import { parseInteger } from "./parse.ts";

/**
 * Adds.
 *
 * >>> sumStr("2", "3")
 * '5'
 */
export const sumStr = vibesafe.func({ allow: ["node:path"] }, async function sumStr<T extends string = 'a'>(a: T, { b, c = 1 }: { b?: number, 'c': number } = { b: 1 }, ...rest: string[]): Promise<string> {
  const left = parseInteger(a);   // why

  const right = \`
  \${left}\`;
  throw new VibesafeHandled();         // the hole
});
`;
  const spec = only(source);
  assert.equal(source.slice(spec.call.start, spec.call.end), source.slice(source.indexOf("vibesafe.func"), source.lastIndexOf(";")));
  assert.equal(source.slice(spec.fn.start, spec.fn.end), source.slice(source.indexOf("async function"), source.lastIndexOf(")")));
  assert.deepEqual(
    { ...spec, call: undefined, fn: undefined, source: undefined },
    {
      id: "src.a/sumStr",
      kind: "function",
      name: "sumStr",
      exportedAs: "sumStr",
      named: true,
      file: "src/a.ts",
      line: 10,
      source: undefined,
      call: undefined,
      fn: undefined,
      header: "async function sumStr<T extends string = 'a'>(a: T, { b, c = 1 }: { b?: number, 'c': number } = { b: 1 }, ...rest: string[]): Promise<string>",
      preHole: "const left = parseInteger(a);   // why\n\nconst right = `\n  ${left}`;",
      signature: {
        async: true,
        generator: false,
        typeParameters: ['T extends string = "a"'],
        parameters: [
          { name: "a", type: "T", optional: false, rest: false, default: null },
          { name: "{ b, c = 1 }", type: "{ b?: number; c: number }", optional: false, rest: false, default: "{ b: 1 }" },
          { name: "rest", type: "string[]", optional: false, rest: true, default: null },
        ],
        returns: "Promise<string>",
      },
      doc: "Adds.\n\n>>> sumStr(\"2\", \"3\")\n'5'",
      body: "const left = parseInteger(a);\nconst right = `\\n  ${left}`;",
      options: { allow: ["node:path"] },
      examples: [{ source: 'sumStr("2", "3")', expected: { kind: "output", text: "'5'", expression: true }, line: 7, awaits: false }],
      properties: [],
    },
  );
});

test("forms: function, arrow, default export, wrappers of types, generators, this", () => {
  const form = (definition: string): unknown => {
    const { name, exportedAs, named, signature } = only(IMPORT + definition.replace("HOLE", HOLE));
    return [name, exportedAs, named, signature.async, signature.generator, ...signature.parameters.map((p) => `${p.name}${p.optional ? "?" : ""}: ${p.type}`), signature.returns];
  };
  assert.deepEqual(form("export const f = vibesafe.func(function f(): void { HOLE });"), ["f", "f", true, false, false, "void"]);
  assert.deepEqual(form("const f = vibesafe.func(async function* f(): X { HOLE })"), ["f", undefined, true, true, true, "X"]);
  assert.deepEqual(form("export const f = vibesafe.func((a: string, b?: number): a is 'b' => { HOLE });"), ["f", "f", false, false, false, "a: string", "b?: number", 'a is "b"']);
  assert.deepEqual(form("export const f = vibesafe.func(function (this: Date): void { HOLE });"), ["f", "f", false, false, false, "this: Date", "void"]);
  assert.deepEqual(form("export default vibesafe.func(function f(): void { HOLE });"), ["f", "default", true, false, false, "void"]);
  assert.deepEqual(form("const f = vibesafe.func(function f(): void { HOLE }); export { f as g }; export default f;"), ["f", "g", true, false, false, "void"]);
  assert.deepEqual(form("export const f: F = vibesafe.func<F>(function f(): void { HOLE } satisfies F) as F;"), ["f", "f", true, false, false, "void"]);
  assert.deepEqual(form("export const f = (vibesafe.func((function f(): void { HOLE })))!;"), ["f", "f", true, false, false, "void"]);
});

test("several in one statement, each with its own comment", () => {
  const specs = specsIn(`${IMPORT}/** One. */ export const f = vibesafe.func((): void => { ${HOLE} }),
    /** Two. */
    g = vibesafe.func((): void => { ${HOLE} });`);
  assert.deepEqual(specs.map(({ id, doc }) => [id, doc]), [
    ["src.a/f", "One."],
    ["src.a/g", "Two."],
  ]);
});

test("vibesafe under other names", () => {
  const body = "(function f(): void { throw new Hole(); });";
  assert.equal(only(`import { vibesafe as v, VibeCoded as Hole } from "vibesafe"; const f = v.func${body}`).id, "src.a/f");
  assert.equal(only(`import * as vs from "vibesafe"; const f = vs.vibesafe.func${body.replace("Hole", "vs.VibesafeHandled")}`).id, "src.a/f");
  assert.equal(only(`import vs = require("vibesafe"); const f = vs.vibesafe.func${body.replace("Hole", "vs.VibeCoded")}`).id, "src.a/f");
});

test("what is no vibesafe is no spec", () => {
  const call = "const f = vibesafe.func(function f() {});";
  assert.deepEqual(specsIn(`const vibesafe = { func(f) { return f } }; ${call}`), []);
  assert.deepEqual(specsIn(`import { vibesafe } from "./vibesafe"; ${call}`), []);
  assert.deepEqual(specsIn(`import type { vibesafe } from "vibesafe"; ${call}`), []);
  assert.deepEqual(specsIn(`${IMPORT}function g(vibesafe: any) { ${call} }`), []);
  assert.deepEqual(specsIn(`${IMPORT}{ const vibesafe = 1; ${call} } vibesafe.other(); export { vibesafe };`), []);
});

test("the doc comment is the last one before the statement", () => {
  const doc = (before: string, definition = "export const f = vibesafe.func((): void => { HOLE });"): string => only(IMPORT + before + definition.replace("HOLE", HOLE)).doc;
  assert.equal(doc(""), "");
  assert.equal(doc("/** One. */\n/** Two. */\n// three\n/* four */\n"), "Two.");
  assert.equal(doc("/** One. */\nlet a = 1;\n"), "");
  assert.equal(doc("let a = 1; /** of a */\n"), "");
  assert.equal(doc("let a = 1;\n/** of f */ "), "of f");
  assert.equal(doc("/* no doc */\n/**/\n"), "");
  assert.equal(doc("/** One. */\n", "export default vibesafe.func(function f(): void { HOLE });"), "One.");
  assert.equal(only(`/** First. */ import { vibesafe, VibesafeHandled } from "vibesafe"; /** Of f. */ const f = vibesafe.func((): void => { ${HOLE} });`).doc, "Of f.");
});

test("code before the hole: as written, less indentation, with its comments; canonical, one statement a line", () => {
  const parts = (body: string): [string, string] => {
    const { preHole, body: canonical } = only(`${IMPORT}const f = vibesafe.func((a: string): void => {${body}throw new VibesafeHandled() });`);
    return [preHole, canonical];
  };
  assert.deepEqual(parts(""), ["", ""]);
  assert.deepEqual(parts("\n    // only a comment\n    "), ["// only a comment", ""]);
  assert.deepEqual(parts(" g(a) ; "), ["g(a) ;", "g(a);"]);
  assert.deepEqual(parts(" 'use strict'\n  ;;\n"), ["'use strict'\n;;", '"use strict";']);
  assert.deepEqual(parts("\n\tif (a)\n\t\treturn\n\n\tg(`\n\tx\n`, 'a\\\n\tb') // c\n\t"), ["if (a)\n\treturn\n\ng(`\n\tx\n`, 'a\\\n\tb') // c", 'if (a) return;\ng(`\\n\\tx\\n`, "a\\tb");']);
});

test("options", () => {
  const options = (text: string): unknown => only(`${IMPORT}const f = vibesafe.func(${text}, function f(): void { ${HOLE} });`).options;
  assert.deepEqual(options("{}"), { allow: [] });
  assert.deepEqual(
    options(`{ "provider": 'p', model: \`m\`, template: ("t" as const), allow: ["a", 'b'] as const, unit: "src.a/f" } satisfies Options`),
    { provider: "p", model: "m", template: "t", unit: "src.a/f", allow: ["a", "b"] },
  );
});

test("what the examples see: the unit, imports, exports, pure globals and what is allowed", () => {
  const source = (expected: string): string =>
    `${IMPORT}import type { T } from "t"; import d, * as ns from "n"; const local = 1; const renamed = 2; export { renamed as shown }; export type U = 1; export { r } from "r";
/**
 * >>> f()
 * ${expected}
 */
const f = vibesafe.func({ allow: ["node:path", "Buffer"] }, (): void => { ${HOLE} });`;
  const sees = (name: string): unknown => {
    const expected = only(source(name)).examples[0]?.expected;
    return expected?.kind === "output" && expected.expression;
  };
  for (const name of ["f", "d", "ns", "shown", "r", "NaN", "Map", "structuredClone", "Buffer", "vibesafe", "(x) => x + NaN"]) assert.equal(sees(name), true, name);
  for (const name of ["T", "U", "local", "renamed", "process", "globalThis", "eval", "Function", "fetch", "node", "someText"]) assert.equal(sees(name), false, name);
  const { specs } = extractSpecs(parseModule(source("process"), "a.ts"), "a.ts", ["process"]);
  assert.deepEqual(specs[0]?.examples[0]?.expected, { kind: "output", text: "process", expression: true });
});

test("examples in a tsx file may hold JSX, in a ts file old type assertions", () => {
  const source = `${IMPORT}/**\n * >>> <b>1</b>\n */\nexport const f = vibesafe.func((): void => { ${HOLE} });`;
  assert.equal(specsIn(source, "a.tsx").length, 1);
  assert.equal(extract(source, "a.ts").problems.length, 1);
  assert.equal(specsIn(source.replace("<b>1</b>", "<any>1"), "a.ts").length, 1);
});
