/**
 * Unit ids, and the refs that carry them.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeUsageError } from "../../lib/errors.ts";
import { candidateRef, modulePathOf, parseUnitId, refUnit, splitUnitId, unitIdOf, unitRef } from "../../lib/spec/unit-id.ts";

test("a module path is the file's path without one extension, slashes written as dots", () => {
  const cases: Record<string, string> = {
    "examples/math/ops.ts": "examples.math.ops",
    "a.tsx": "a",
    "a.mts": "a",
    "a.cts": "a",
    "a.js": "a",
    "a.mjs": "a",
    "a.cjs": "a",
    "a.jsx": "a",
    "a.test.ts": "a.test",
    "a.ts.ts": "a.ts",
    "a.d.ts": "a.d",
    "src/index.ts": "src.index",
    "a b/c~d.ts": "a b.c~d",
    "a.txt": "a.txt",
    "u\u0308.ts": "\u00fc",
  };
  for (const [file, modulePath] of Object.entries(cases)) assert.equal(modulePathOf(file), modulePath);
  for (const file of ["../a.ts", "/a.ts", "a//b.ts", "./a.ts", "", "a\nb.ts", "a\u2028.ts", "\uD800.ts"]) assert.throws(() => modulePathOf(file), VibesafeUsageError, file);
});

test("ids are module path and name", () => {
  assert.equal(unitIdOf("examples/math/ops.ts", "sumStr"), "examples.math.ops/sumStr");
  assert.deepEqual(splitUnitId(parseUnitId("a.b/C.m")), { modulePath: "a.b", name: "C.m" });
  for (const id of ["a/b", "a b/größe$_1", "a/C.m", "A.b.c/ℓ"]) assert.equal(parseUnitId(id), id);
  for (const id of ["", "a", "a/", "/a", "a/b/c", "a/b c", "a/1", "a/b.c.d", "a/b\n", "a\\b", "a\nb/c", "\x7f/c"]) assert.throws(() => parseUnitId(id), VibesafeUsageError, id);
});

const gitTakes = (ref: string): boolean => {
  try {
    execFileSync("git", ["check-ref-format", ref], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

test("refs are literal where git allows, escaped where not, and lead back to the unit", () => {
  const id = unitIdOf("examples/math/ops.ts", "sumStr");
  assert.equal(unitRef(id), "refs/units/examples.math.ops/sumStr");
  assert.equal(candidateRef(id), "refs/candidates/examples.math.ops/sumStr");
  for (const file of ["a b.ts", "a~^:?*[x.ts", "a..b.ts", "a@{b.ts", "x.lock.ts", ".hidden.ts", "50%.ts", "ü/😀.ts", "a\\b.ts", "-.ts", "@.ts"]) {
    const odd = unitIdOf(file, "größe$");
    for (const ref of [unitRef(odd), candidateRef(odd)]) {
      assert.ok(gitTakes(ref), ref);
      assert.equal(refUnit(ref), odd);
    }
  }
});

test("only refs of units have a unit", () => {
  for (const ref of ["refs/heads/a/b", "refs/units/a", "refs/units/a/b/c", "refs/units//b", "refs/units/a/1", "refs/units/a/%41", "refs/units/%/b", "refs/unitsa/b", "HEAD"]) {
    assert.equal(refUnit(ref), undefined, ref);
  }
});

test("any file and name make a ref that leads back", () => {
  const segment = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((s) => !/[/\0-\x1f\x7f\u2028\u2029\p{Cs}]/u.test(s) && s !== "." && s !== "..");
  const name = fc.stringMatching(/^[a-zA-Z_$][\w$]*$/).filter((s) => s.length <= 100);
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), name, (segments, own) => {
      const id = unitIdOf(`${segments.join("/")}.ts`, own);
      let ref: string;
      try {
        ref = unitRef(id);
      } catch (cause) {
        assert.ok(cause instanceof VibesafeUsageError && /longer than/.test(cause.message));
        return;
      }
      assert.equal(refUnit(ref), id);
      assert.equal(refUnit(candidateRef(id)), id);
    }),
  );
});
