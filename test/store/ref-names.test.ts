import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeUsageError } from "../../lib/errors.ts";
import { checkRefName, decodeRefComponent, encodeRefComponent, isRefName } from "../../lib/store/ref-name.ts";

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(".", "/", "@", "{", "lock", ".lock", "~", "^", ":", "?", "*", "[", "\\", " ", "\x7f", "%", "%2E", "a"), minLength: 1 }),
);

/** One process for many names: exit statuses as a string of 0 and 1. */
function gitAccepts(names: readonly string[]): boolean[] {
  const script = 'for name in "$@"; do git check-ref-format "$name" && printf 0 || printf 1; done';
  const out = execFileSync("sh", ["-c", script, "sh", ...names], { encoding: "latin1" });
  return [...out].map((digit) => digit === "0");
}

test("any text has one spelling that git takes, and comes back", () => {
  const names: string[] = [];
  fc.assert(
    fc.property(text, (value) => {
      const component = encodeRefComponent(value);
      assert.equal(decodeRefComponent(component), value);
      assert.ok(!component.includes("/"));
      names.push(`refs/units/${component}`, `refs/units/${component}/x`);
    }),
    { numRuns: 300 },
  );
  assert.deepEqual(gitAccepts(names), names.map(() => true));
  for (const name of names) assert.ok(isRefName(name));
});

test("spellings are pinned", () => {
  const spelled = ["a.b", ".a", "a.", "a..b", "x.lock", "x.LOCK", "a/b", "50%", "@", "a@{1}", "a b", "grüße", "Class.method", "#private"].map(encodeRefComponent);
  assert.deepEqual(spelled, [
    "a.b",
    "%2Ea",
    "a%2E",
    "a%2E.b",
    "x%2Elock",
    "x%2ELOCK",
    "a%2Fb",
    "50%25",
    "%40",
    "a%40{1}",
    "a%20b",
    "grüße",
    "Class.method",
    "#private",
  ]);
});

test("no second spelling is taken back", () => {
  for (const component of ["%61", "%2e", "a%2Eb", "%", "%4", "%zz", "", "%C3%BC", ".a", "a b", "x.lock"]) {
    assert.equal(decodeRefComponent(component), undefined, component);
  }
  for (const value of ["", "\ud800", "a".repeat(300)]) assert.throws(() => encodeRefComponent(value), VibesafeUsageError);
});

test("git and we agree on what may name a ref", () => {
  const names = fc.sample(text, { numRuns: 300, seed: 7 }).filter((value) => !value.includes("\0")).map((value) => `refs/${value}`);
  assert.deepEqual(names.map(isRefName), gitAccepts(names));
});

test("paths that lead out of the store are no refs", () => {
  for (const name of ["refs/../config", "../x", "/etc/passwd", "refs//a", "config", "objects/ab", "refs/a/", "refs/.a", "refs/a.lock", "head"]) {
    assert.throws(() => checkRefName(name), VibesafeUsageError, name);
  }
});
