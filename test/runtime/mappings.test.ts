/**
 * One place looked up in a source map: the answer is that of Node's own reader, which reads them all.
 */

import assert from "node:assert/strict";
import { SourceMap } from "node:module";
import { test } from "node:test";
import { transformSync } from "esbuild";
import fc from "fast-check";
import { findMapping } from "../../lib/runtime/mappings.ts";

test("each place of compiled code leads where Node's reader says", () => {
  const statement = fc.constantFrom("const a = (n: number): number => n;", "interface I { a: 1 }", "", "/* é */ f(\n  1,\n  `two`,\n);", "export class C<T> {\n  m(x: T): T { return x; }\n}");
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 8 }), fc.boolean(), (statements, minify) => {
      const { code, map } = transformSync(statements.map((text, i) => text.replaceAll(/\b(?:const a|class C|interface I)/g, `$&${i}`)).join("\n"), { loader: "ts", format: "esm", sourcemap: "external", sourcefile: "a.ts", minify });
      const payload = JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0];
      const oracle = new SourceMap(payload);
      code.split("\n").forEach((text, line) => {
        for (let column = 0; column <= text.length; column++) {
          const expected = oracle.findEntry(line, column);
          const found = findMapping(payload.mappings, line, column);
          assert.equal(found?.line, "originalSource" in expected ? expected.originalLine : undefined, `${line}:${column} of ${code}`);
        }
      });
    }),
    { numRuns: Number(process.env["VIBESAFE_RUNS"] ?? 30) },
  );
});

test("sources are told apart, lines count across empty ones, and what is no mapping is refused", () => {
  assert.deepEqual(findMapping(";;AACA,SCDA;A", 2, 0), { source: 0, line: 1 });
  assert.deepEqual(findMapping(";;AACA,SCDA;A", 2, 9), { source: 1, line: 0 });
  assert.equal(findMapping(";;AACA,SCDA;A", 1, 5), undefined);
  assert.equal(findMapping(";;AACA,SCDA;A", 3, 0), undefined);
  for (const damaged of ["A!", "AA", "AAAAAA", "g", "gggggggggA"]) assert.throws(() => findMapping(damaged, 0, 0), SyntaxError, damaged);
});
