/**
 * The short way never says yes where the long way says no: random edits of a small project, both asked each time.
 */

import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeError } from "../../lib/errors.ts";
import { endBurst } from "../../lib/runtime/burst.ts";
import { unitNamed, verifiedCode } from "../../lib/runtime/full.ts";
import { quickCodeOf } from "../../lib/runtime/quick.ts";
import { forgetQuickProjects } from "../../lib/runtime/quick-project.ts";
import { parseUnitId } from "../../lib/spec/unit-id.ts";
import { makeProject, save } from "./project.ts";

const OPS = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { join } from "node:path";
import { a } from "./a.ts";
import { b } from "./b.js";
import { c } from "./folder";
import { d } from "@/d";
import { e } from "#e";
import { f } from "dep";
import { unused } from "./unused.ts";
import data from "./data.json" with { type: "json" };

/**
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func(function double(n: number): number {
  const all = [a, b, c, d, e, f, data.g, join("x", "y")];
  throw new VibesafeHandled();
});
`;

const FILES = {
  "package.json": '{"type":"module","imports":{"#e":"./src/e.ts"}}\n',
  "tsconfig.base.json": '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}\n',
  "tsconfig.json": '{"extends":"./tsconfig.base.json"}\n',
  "src/ops.ts": OPS,
  "src/a.ts": 'export { a } from "./deep/a.ts";\n',
  "src/deep/a.ts": "export const a = 1;\n",
  "src/b.ts": "export const b = 1;\n",
  "src/folder/index.ts": "export const c = 1;\n",
  "src/d.ts": "export const d = 1;\n",
  "src/e.ts": "export const e = 1;\n",
  "src/unused.ts": "export const unused = 1;\n",
  "src/data.json": '{"g":1,"h":2}\n',
  "node_modules/dep/package.json": '{"name":"dep","version":"1.0.0","type":"module","exports":"./index.js"}\n',
  "node_modules/dep/index.js": "export const f = 1;\n",
};

const NAMES = ["a", "b", "c", "d", "e", "f", "unused"];
const TEXTS = [
  ...NAMES.flatMap((name) => [`export const ${name} = 1;\n`, `// a comment\nexport const ${name} = 1;\n`, `export const ${name} = 2;\n`]),
  '{"compilerOptions":{"paths":{"@/*":["./other/*"]}}}\n',
  '{"compilerOptions":{"paths":{"./a.ts":["./other/a.ts"],"@/*":["./src/*"]},"rootDirs":["./src","./other"]}}\n',
  '{"name":"dep","version":"1.0.1","type":"module","exports":"./index.js"}\n',
  '{"type":"module","imports":{"#e":"./other/e.ts"}}\n',
  '{"g":2,"h":2}\n',
  '{"g":1,"h":3}\n',
  '[provider.default]\nkind = "replay"\nmodel = "other"\n',
  '[provider.default]\nkind = "replay"\n# said\n',
  '[provider.default]\nkind = "replay"\n[policy]\nallow = ["fetch"]\n',
  '[provider.default]\nkind = "replay"\n[prompts]\nfunction = "src/b.ts"\n',
  OPS.replace("double(2)\n * 4", "double(3)\n * 6"),
  OPS.replace("all = [a, ", "all = [a,"),
  "another template\n",
];

/** Places that are read, or that a resolver might look at instead. */
const PLACES = [
  ...Object.keys(FILES),
  "vibesafe.toml",
  "prompts/function.njk",
  "src/tsconfig.json",
  "src/package.json",
  "src/a.tsx",
  "src/a.js",
  "src/a.d.ts",
  "src/a.ts.ts",
  "src/a.ts.d.ts",
  "src/b.tsx",
  "src/b.js",
  "src/b.d.ts",
  "src/b.js.ts",
  "src/folder.ts",
  "src/folder.d.ts",
  "src/folder/package.json",
  "src/d.tsx",
  "src/d.d.ts",
  "src/node_modules/dep/package.json",
  "src/node_modules/dep/index.js",
  "other/a.ts",
  "other/d.ts",
  "other/e.ts",
];

const CODE = Object.keys(FILES).filter((file) => file.endsWith(".ts"));

const edit = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("write" as const), place: fc.constantFrom(...PLACES), text: fc.constantFrom(...TEXTS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), place: fc.constantFrom(...PLACES) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("link" as const), place: fc.constantFrom(...PLACES), to: fc.constantFrom(...PLACES) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("move" as const), place: fc.constantFrom(...PLACES), to: fc.constantFrom(...PLACES) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("comment" as const), place: fc.constantFrom(...CODE) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restore" as const), place: fc.constantFrom(...Object.keys(FILES)) }) },
);

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

test("what the short way accepts, the long way accepts", async (t) => {
  process.env["VIBESAFE_ENV"] = "prod";
  const root = makeProject(t, FILES);
  const config = readFileSync(join(root, "vibesafe.toml"), "utf8");
  const id = parseUnitId("src.ops/double");
  await save(root, "src/ops.ts", "double", "export const double = (n: number): number => n * 2;");
  const seen = { yes: 0, no: 0, onlyLong: 0 };
  const asBefore = (): void => {
    for (const place of new Set(["src", "other", "prompts", "node_modules/dep", ...PLACES])) rmSync(join(root, place), { recursive: true, force: true });
    for (const [place, text] of Object.entries({ ...FILES, "vibesafe.toml": config })) put(root, place, text);
  };
  assert.ok(ask(root, id).quick, "the short way works at all");
  // The bytes are the same, but they lie elsewhere now: that is another spec.
  apply(root, { kind: "move", place: "src/b.ts", to: "other/b.ts" });
  apply(root, { kind: "link", place: "src/b.ts", to: "other/b.ts" });
  assert.deepEqual(ask(root, id), { quick: undefined, long: undefined });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      asBefore();
      for (const each of edits) apply(root, each);
      const { quick, long } = ask(root, id);
      if (quick !== undefined) assert.equal(long, quick, `the short way accepted what the long way refused: ${JSON.stringify(edits)}`);
      seen[quick !== undefined ? "yes" : long !== undefined ? "onlyLong" : "no"] += 1;
    }),
    { numRuns: 300, seed: 20_240_601 },
  );
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 10, `${what}: ${times} of 300`);
});

/** The code that either way would run. */
function ask(root: string, id: ReturnType<typeof parseUnitId>): { quick: string | undefined; long: string | undefined } {
  forgetQuickProjects();
  endBurst();
  const quick = quickCodeOf(id, root)?.js;
  endBurst();
  try {
    return { quick, long: verifiedCode(unitNamed(id, root)).js };
  } catch (error) {
    // A circle of links is for the system to refuse.
    if (!(error instanceof VibesafeError) && !(error instanceof Error && "syscall" in error)) throw error;
    return { quick, long: undefined };
  }
}

function apply(root: string, each: Edit): void {
  const place = join(root, each.place);
  switch (each.kind) {
    case "write":
      return put(root, each.place, each.text);
    case "restore":
      return put(root, each.place, FILES[each.place as keyof typeof FILES]);
    case "comment":
      return existsSync(place) ? appendFileSync(place, "// more\n") : undefined;
    case "remove":
      return rmSync(place, { recursive: true, force: true });
    case "link":
      rmSync(place, { recursive: true, force: true });
      mkdirSync(dirname(place), { recursive: true });
      return symlinkSync(join(root, each.to), place);
    case "move":
      if (!existsSync(place) || existsSync(join(root, each.to))) return;
      mkdirSync(dirname(join(root, each.to)), { recursive: true });
      return renameSync(place, join(root, each.to));
  }
}

function put(root: string, place: string, text: string): void {
  const path = join(root, place);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
