/**
 * A kept answer rests on the whole chain of tsconfig files, in packages too, and on every folder where an import that they map could
 * end: after any edit of these it says what a run without any cache says, or nothing.
 */

import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { afterEdit, answer, begin, kept, truth } from "./answer-scene.ts";
import { apply, FILES, pause, type Edit } from "./edits.ts";
import { EFFORT } from "./effort.ts";
import { unitFile } from "./projects.ts";

const { "src/linked.ts": _, "src/data.ts": __, ...REST } = FILES;

const paths = (targets: readonly string[], more: string = ""): string => `{\n  // comment, "quoted"\n  "compilerOptions": { "paths": { "@/*": ${JSON.stringify(targets)}, },${more} },\n}\n`;

/** `@/lib/two.ts` by way of two extended files, one of them in a package, and names that mean what `baseUrl` says. */
const CHAIN: Readonly<Record<string, string>> = {
  ...REST,
  "tsconfig.json": '{ "extends": ["@acme/config/strict.json", "./config/base"], "compilerOptions": { "strict": true } }\n',
  "config/base.json": paths(["../generated/*", "../src/*"]),
  "node_modules/@acme/config/package.json": '{ "name": "@acme/config", "version": "1.0.0" }\n',
  "node_modules/@acme/config/strict.json": '{ "extends": "./inner/more.json" }\n',
  "node_modules/@acme/config/inner/more.json": '{ "compilerOptions": { "strict": true } }\n',
  "lib/base.ts": "export const b = 1;\n",
  "src/helper.ts": 'import { two } from "@/lib/two";\nexport const help = two;\n',
  "src/helped.ts": unitFile({ imports: 'import { help } from "./helper.ts";', body: "help;" }),
};

const two = (n: number): string => `export const two = ${n};\n`;

const WRITES: readonly (readonly [string, readonly string[]])[] = [
  ["tsconfig.json", [CHAIN["tsconfig.json"] ?? "", '{ "extends": "./config/base" }\n', '{ "extends": ["./config/base", "./other.json"] }\n', paths(["./other/*"])]],
  ["config/base.json", [CHAIN["config/base.json"] ?? "", paths(["../src/*"]), paths(["../src/*", "../generated/*"]), paths(["./*"], ' "baseUrl": "../src"'), paths(["../src/*"], ' "rootDirs": [".."]'), "{ broken\n"]],
  ["config/base/tsconfig.json", [paths(["../../other/*", "../../src/*"])]],
  ["config/base", [paths(["../other/*", "../src/*"])]],
  ["other.json", [paths(["./other/*"]), "{}\n"]],
  ["src/tsconfig.json", [paths(["../other/*", "./*"]), "{}\n", '{ "extends": "../config/base.json", "references": [{ "path": "../refs" }] }\n']],
  ["refs/tsconfig.json", [paths(["../other/*"])]],
  ["node_modules/@acme/config/strict.json", [CHAIN["node_modules/@acme/config/strict.json"] ?? "", paths(["../../../other/*", "../../../src/*"]), "{}\n"]],
  ["node_modules/@acme/config/inner/more.json", [CHAIN["node_modules/@acme/config/inner/more.json"] ?? "", paths(["../../../../other/*", "../../../../src/*"])]],
  ["node_modules/@acme/config/package.json", [CHAIN["node_modules/@acme/config/package.json"] ?? "", '{ "name": "@acme/config", "version": "1.0.0", "exports": { "./strict.json": "./inner/more.json" } }\n']],
  ["node_modules/@acme/config/strict.json.json", [paths(["../../../other/*"])]],
  ["other/lib/two.ts", [two(20), two(21)]],
  ["generated/lib/two.ts", [two(10), two(11)]],
  ["generated/lib/two.d.ts", ["export declare const two: 12;\n"]],
  ["generated/lib/two.js", [two(13)]],
  ["generated/lib/two/index.ts", [two(14)]],
  ["src/lib/two.tsx", [two(15)]],
  ["src/lib/two.d.ts", ["export declare const two: 16;\n"]],
  ["src/lib/two/index.ts", [two(17)]],
  ["src/lib/two/package.json", ['{ "main": "./other.ts" }\n']],
  ["src/pkg.ts", ["export const z = 5;\n"]],
  ["src/pkg/index.ts", ["export const z = 6;\n"]],
  ["src/lib/two.ts", [CHAIN["src/lib/two.ts"] ?? "", two(18)]],
  ["src/helper.ts", [CHAIN["src/helper.ts"] ?? "", 'import { two } from "@/lib/index";\nexport const help = two;\n', 'import { z } from "pkg";\nexport const help = z;\n']],
  ["src/mapped.ts", [CHAIN["src/mapped.ts"] ?? "", unitFile({ imports: 'import { two } from "@/lib/two";', body: "two;" })]],
];

const files = [...new Set([...Object.keys(CHAIN), ...WRITES.map(([file]) => file)])].filter((file) => file !== "vibesafe.toml");
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...WRITES).chain(([file, texts]) => fc.record({ kind: fc.constant("write" as const), file: fc.constant(file), text: fc.constantFrom(...texts), sameTime: fc.boolean() })) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("remove" as const, "touch" as const), file: fc.constantFrom(...files) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const), file: fc.constantFrom("generated", "src/lib/two.ts", "other"), to: fc.constantFrom("generated", "src/lib/two.js", "other", "gone") }) },
);

/** What is told after an edit is told without any cache too. @returns whether the short way knew, and the answer changed */
function check(root: string, before: string, what: string): { readonly short: boolean; readonly other: boolean } {
  const now = truth(root);
  const after = kept(root);
  if (after !== undefined) assert.equal(after, now, what);
  const edited = afterEdit(root);
  if (edited !== undefined) assert.equal(edited, now, what);
  if (edited !== undefined) assert.equal(kept(root), now, what);
  return { short: (after ?? edited) !== undefined, other: before !== now };
}

test("each edit of a file of the chain, and of what its paths may lead to", (t) => {
  let changed = 0;
  const fresh = truth(begin(t, CHAIN));
  for (const [file, texts] of WRITES) {
    for (const text of texts) {
      if (CHAIN[file] === text) continue;
      const root = begin(t, CHAIN);
      answer(root);
      const before = kept(root);
      assert.ok(before === fresh, "an answer is kept");
      apply(root, { kind: "write", file, text, sameTime: true });
      pause();
      if (check(root, before, `${file} ${text}`).other) changed++;
    }
  }
  assert.ok(changed >= 10, String(changed));
});

test("any edits, one after the other", (t) => {
  let held = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 4, maxLength: 10 }), (edits) => {
      const root = begin(t, CHAIN);
      for (const one of edits) {
        answer(root);
        const before = kept(root);
        if (before !== undefined) {
          held++;
          assert.equal(before, truth(root), "what is kept is right");
        }
        apply(root, one);
        pause();
        if (before !== undefined) check(root, before, JSON.stringify(one));
      }
    }),
    { numRuns: 3 * EFFORT },
  );
  assert.ok(held > 0);
});

test("packages of settings that are links, and nearer ones", (t) => {
  const config = (root: string, at: string, targets: readonly string[]): void => {
    mkdirSync(join(root, at), { recursive: true });
    writeFileSync(join(root, at, "strict.json"), paths(targets));
    writeFileSync(join(root, at, "package.json"), '{ "name": "@acme/config", "version": "1.0.0" }\n');
  };
  const link = (root: string, to: string): void => {
    rmSync(join(root, "node_modules/@acme/config"), { recursive: true });
    symlinkSync(to, join(root, "node_modules/@acme/config"));
  };
  const edits: readonly ((root: string) => void)[] = [
    (root) => link(root, "../.pnpm/one"),
    (root) => link(root, "../.pnpm/two"),
    (root) => writeFileSync(join(root, "node_modules/.pnpm/two/strict.json"), "{}\n"),
    (root) => config(root, "app/node_modules/@acme/config", ["../../../../src/*"]),
  ];
  const root = begin(t, {
    "vibesafe.toml": CHAIN["vibesafe.toml"] ?? "",
    "app/tsconfig.json": '{ "extends": "@acme/config/strict" }\n',
    "app/mapped.ts": unitFile({ imports: 'import { two } from "@/lib/two.ts";', body: "two;" }),
    "src/lib/two.ts": two(1),
    "other/lib/two.ts": two(2),
  });
  mkdirSync(join(root, "src"), { recursive: true });
  config(root, "node_modules/@acme/config", ["../../../src/*"]);
  config(root, "node_modules/.pnpm/one", ["../../../other/*"]);
  config(root, "node_modules/.pnpm/two", ["../../../src/*"]);
  pause();
  for (const [i, change] of edits.entries()) {
    answer(root);
    const before = truth(root);
    // Where nothing is found nothing is kept.
    if (!before.includes("cannot resolve")) assert.equal(kept(root), before, `an answer is kept before edit ${i}`);
    change(root);
    assert.notEqual(truth(root), before, `edit ${i} changes what is told`);
    assert.equal(kept(root), undefined, `edit ${i} undoes it`);
    pause();
  }
});

test("what could change unseen is kept by no answer", (t) => {
  const odd: Readonly<Record<string, (root: string) => void>> = {
    "places for relative imports": (root) => writeFileSync(join(root, "config/base.json"), paths(["../src/*"], ' "rootDirs": ["..", "../roots"]')),
    "a candidate that is a link": (root) => {
      mkdirSync(join(root, "generated/lib"), { recursive: true });
      symlinkSync("../../absent.ts", join(root, "generated/lib/two.ts"));
    },
    "a folder of the import that is a link": (root) => {
      renameSync(join(root, "src/lib"), join(root, "elsewhere"));
      symlinkSync("../elsewhere", join(root, "src/lib"));
    },
    "a package of settings with exports": (root) => writeFileSync(join(root, "node_modules/@acme/config/package.json"), '{ "name": "@acme/config", "version": "1.0.0", "exports": { "./strict.json": "./strict.json" } }\n'),
    "settings that are data too": (root) => writeFileSync(join(root, "src/helper.ts"), 'import base from "../config/more.json";\nexport const help = base;\n'),
  };
  for (const [what, make] of Object.entries(odd)) {
    const root = begin(t, { ...CHAIN, "config/more.json": '{ "compilerOptions": {} }\n', "config/base.json": `{ "extends": "./more.json", ${paths(["../generated/*", "../src/*"]).replace(/^\{/, "")}` });
    make(root);
    pause();
    answer(root);
    assert.equal(kept(root), undefined, what);
    assert.ok(!truth(root).includes("cannot resolve"), `${what}: ${dirname(root)}`);
  }
});
