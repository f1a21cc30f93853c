/**
 * A kept answer is never wrong: after any edit of sources, packages, configuration or refs it says what a run without any cache says,
 * or nothing.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeError } from "../../lib/errors.ts";
import { openProject } from "../../lib/project/project.ts";
import { readAnswer } from "../../lib/spec/answers.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { scanProject } from "../../lib/spec/scan.ts";
import { unitRef } from "../../lib/spec/unit-id.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { openStore } from "../../lib/store/store.ts";
import { afterEdit, answer, answerPath, begin, kept, KEY, truth } from "./answer-scene.ts";
import { apply, edit, FILES, pause, WRITES, type Edit } from "./edits.ts";
import { EFFORT } from "./effort.ts";
import { unitFile } from "./projects.ts";
import { PARTS, writeSave } from "./saves.ts";

/** What only resolving again could tell has no answer kept: here is none of it to begin with. */
const PLAIN = Object.fromEntries(
  Object.entries({ ...FILES, "tsconfig.json": "{}\n" }).filter(([file]) => !["src/mapped.ts", "src/linked.ts", "src/data.ts"].includes(file)),
);

type StoreEdit = { readonly kind: "save" | "save-other" | "delete" | "pack"; readonly n: number };

function applyToStore(root: string, { kind, n }: StoreEdit): void {
  const project = openProject(root);
  const store = openStore(project.storeDir);
  const git = (...args: string[]): void => void execFileSync("git", [`--git-dir=${project.storeDir}`, ...args], { stdio: "ignore" });
  if (kind === "pack") return git("pack-refs", "--all");
  const workspace = createWorkspace(project);
  const { specs } = scanProject(workspace);
  const spec = specs[n % specs.length];
  if (spec === undefined) return;
  if (kind === "delete") return git("update-ref", "-d", unitRef(spec.id));
  try {
    const { commitId } = writeSave(store, kind === "save" ? { ...PARTS, spec: hashSpec(workspace, spec).bytes } : PARTS, { unit: spec.id });
    git("update-ref", unitRef(spec.id), commitId);
  } catch (error) {
    // A unit that cannot be hashed cannot be saved.
    if (!(error instanceof VibesafeError)) throw error;
  }
}

const storeEdit: fc.Arbitrary<StoreEdit> = fc.record({ kind: fc.constantFrom("save" as const, "save-other" as const, "delete" as const, "pack" as const), n: fc.nat(9) });
const anyEdit: fc.Arbitrary<Edit | StoreEdit> = fc.oneof({ weight: 3, arbitrary: edit.filter((one) => one.file !== "src/link.ts") }, { weight: 1, arbitrary: storeEdit });

test("after any edits of files and refs", (t) => {
  let held = 0;
  fc.assert(
    fc.property(fc.array(anyEdit, { minLength: 6, maxLength: 12 }), (edits) => {
      const root = begin(t, PLAIN);
      for (const one of edits) {
        answer(root);
        const before = kept(root);
        if (before !== undefined) {
          held++;
          assert.equal(before, truth(root), "what is kept is right");
        }
        if ("n" in one) applyToStore(root, one);
        else apply(root, one);
        // Older than a tick of the clock, as between two commands of a person; what is younger is the next test's.
        pause();
        const after = kept(root);
        if (after !== undefined) assert.equal(after, truth(root), JSON.stringify(one));
      }
    }),
    { numRuns: 8 * EFFORT },
  );
  assert.ok(held > 0, "answers are kept at all");
});

/** Several units in a file, one of which others rest on, and helpers one and two imports away. */
const EDITED = {
  ...PLAIN,
  "src/lib/three.ts": 'import { two } from "./two.ts";\nimport { unused } from "./one.ts";\nexport const three = () => two + 3;\nexport const four = 4;\n',
  "src/many.ts": many(["three();", "four;", ""]),
  "src/far.ts": unitFile({ imports: 'import { f2 } from "./many.ts";\nimport { three } from "./lib/three.ts";', body: "f2; three();" }),
};

function many(bodies: readonly string[], imports: string = ""): string {
  const units = bodies.map((body, i) => unitFile({ body }).slice(unitFile({ body }).indexOf("/**")).replaceAll(/\bf\b/g, `f${i}`));
  return `import { vibesafe, VibesafeHandled } from "vibesafe";\nimport { three, four } from "./lib/three.ts";\n${imports}${units.join("")}`;
}

const TEXTS: readonly (readonly [string, readonly string[]])[] = [
  ["src/many.ts", [EDITED["src/many.ts"], many(["three();", "4;   ", ""]), many(["three();", "four;"]), many(["three();", "four;", "", "1;"]), many(["three();", "four; one;", ""], 'import { one } from "./lib/one";\n'), `\n\n// far\n${many(["three();", "four;", ""])}`, many(["three();", "four;", "z;"], 'import { z } from "pkg";\n'), `${EDITED["src/many.ts"]}}`, "// vibesafe\n", "nothing\n"]],
  ["src/lib/three.ts", [EDITED["src/lib/three.ts"], EDITED["src/lib/three.ts"].replace("+ 3", "+ 4"), EDITED["src/lib/three.ts"].replace("+ 3", " + 3"), 'import { one as two } from "./one.ts";\nexport const three = () => two + 3;\nexport const four = 4;\n', "export const four = 4;\n", 'export * from "./two.ts";\nexport { two as three, one as four } from "./index.ts";\n', "syntax error here"]],
  ["src/lib/two.ts", [FILES["src/lib/two.ts"] ?? "", (FILES["src/lib/two.ts"] ?? "").replace("+ 1", "+ 2"), "export const two = 7;\n", "// vibesafe\nexport const two = 7;\n"]],
  ["src/lib/one.ts", [FILES["src/lib/one.ts"] ?? "", (FILES["src/lib/one.ts"] ?? "").replace("= 1", "= 2"), "export const one = 1, unused = 2;\n"]],
  ["src/far.ts", [EDITED["src/far.ts"], unitFile({ imports: 'import { f1 } from "./many.ts";', body: "f1;" })]],
  ["src/packaged.ts", [FILES["src/packaged.ts"] ?? "", (FILES["src/packaged.ts"] ?? "").replace("z; deep;", "deep; z;"), unitFile({ imports: 'import deep from "pkg/deep";', body: "deep;" })]],
  ["src/inner.ts", ["export default 1;\n", "export default 2;\n", unitFile({})]],
];

type TextEdit = { readonly file: string; readonly text: string; readonly how: "write" | "same time" | "rename"; readonly young: boolean };

const textEdit: fc.Arbitrary<TextEdit> = fc
  .constantFrom(...TEXTS)
  .chain(([file, texts]) => fc.record({ file: fc.constant(file), text: fc.constantFrom(...texts), how: fc.constantFrom("write" as const, "same time" as const, "rename" as const), young: fc.boolean() }));

test("after edits of text, what was kept is brought up to date", (t) => {
  const told = { edited: 0, whole: 0 };
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 8, arbitrary: fc.array(textEdit, { minLength: 1, maxLength: 2 }) }, { weight: 1, arbitrary: fc.tuple(anyEdit) }), { minLength: 6, maxLength: 12 }), fc.array(storeEdit, { maxLength: 4 }), (steps, saves) => {
      const root = begin(t, EDITED);
      for (const save of saves) applyToStore(root, save);
      pause();
      answer(root);
      for (const step of steps) {
        for (const one of step) {
          if ("n" in one) applyToStore(root, one);
          else if ("how" in one) applyText(root, one);
          else apply(root, one);
        }
        const young = step.some((one) => "young" in one && one.young);
        if (!young) pause();
        const edited = afterEdit(root, young ? 2000 : 0);
        told[edited === undefined ? "whole" : "edited"]++;
        if (edited !== undefined) assert.equal(edited, truth(root), JSON.stringify(step));
        pause();
        const after = kept(root);
        if (after !== undefined) assert.equal(after, truth(root), JSON.stringify(step));
        if (edited === undefined) answer(root);
      }
    }),
    { numRuns: 8 * EFFORT },
  );
  // How many goes by chance: one broken file sends every later step the whole way.
  assert.ok(told.edited > 0, JSON.stringify(told));
});

function applyText(root: string, { file, text, how }: TextEdit): void {
  if (how !== "rename") return apply(root, { kind: "write", file, text, sameTime: how === "same time" });
  apply(root, { kind: "write", file: `${file}~`, text, sameTime: false });
  apply(root, { kind: "rename", file: `${file}~`, to: file });
}

test("an edit of one unit is told without a look at the others", (t) => {
  const edits: Readonly<Record<string, readonly [file: string, text: string, told: boolean]>> = {
    "a unit": ["src/many.ts", many(["three();", "4;   ", ""]), true],
    "a comment above": ["src/many.ts", `// new\n${EDITED["src/many.ts"]}`, true],
    "a helper of several units, two imports away": ["src/lib/two.ts", (FILES["src/lib/two.ts"] ?? "").replace("+ 1", "+ 2"), true],
    "a unit less": ["src/many.ts", many(["three();", "four;"]), false],
    "a unit more": ["src/many.ts", many(["three();", "four;", "", ""]), false],
    "another import": ["src/many.ts", many(["three();", "z;", ""], 'import { z } from "pkg";\n'), false],
    "broken syntax": ["src/many.ts", `${EDITED["src/many.ts"]}}`, false],
    "a file of settings": ["tsconfig.json", '{ "compilerOptions": {} }\n', false],
    "a template": ["prompts/function.njk", "other\n", false],
  };
  for (const [what, [file, text, told]] of Object.entries(edits)) {
    const root = begin(t, EDITED);
    answer(root);
    for (const now of [text, EDITED[file as keyof typeof EDITED]]) {
      apply(root, { kind: "write", file, text: now, sameTime: false });
      pause();
      const edited = afterEdit(root);
      assert.equal(edited !== undefined, told || (now !== text && file.endsWith(".ts")), what);
      if (edited !== undefined) assert.equal(edited, truth(root), what);
      if (edited !== undefined) assert.equal(kept(root), edited, what);
    }
  }
});

test("rows that are not those of the answer are not used", (t) => {
  const root = begin(t, EDITED);
  answer(root);
  const rows = `${answerPath(root)}-rows`;
  writeFileSync(rows, readFileSync(rows, "utf8").replace(/[0-9a-f]{64}/, "0".repeat(64)));
  apply(root, { kind: "write", file: "src/many.ts", text: many(["three();", "4;   ", ""]), sameTime: false });
  assert.equal(afterEdit(root), undefined);
});

test("each edit of a file that a unit rests on undoes the answer", (t) => {
  const lost = new Map<string, boolean>();
  for (const [file, texts] of WRITES) {
    for (const text of texts) {
      if (PLAIN[file] === text) continue;
      const root = begin(t, PLAIN);
      answer(root);
      assert.equal(kept(root), truth(root));
      apply(root, { kind: "write", file, text, sameTime: true });
      const after = kept(root);
      lost.set(`${file} ${text}`, after === undefined);
      if (after !== undefined) assert.equal(after, truth(root), file);
    }
  }
  assert.ok([...lost.values()].filter(Boolean).length > lost.size / 2);
});

test("packages that are links, as pnpm makes them, and types that another package declares", (t) => {
  const pkg = (name: string, version: string): string => `{ "name": "${name}", "version": "${version}", "exports": { ".": "./index.js", "./deep": "./index.js" }, "types": "index.d.ts" }\n`;
  const plain = Object.entries(PLAIN).filter(([file]) => !file.startsWith("node_modules/"));
  const store = ["1.0.0", "2.0.0"].flatMap((version) => [[`node_modules/.pnpm/pkg@${version}/node_modules/pkg/package.json`, pkg("pkg", version)], [`node_modules/.pnpm/pkg@${version}/node_modules/pkg/index.js`, "export const z = 1;\n"]] as const);
  const link = (root: string, version: string): void => {
    rmSync(join(root, "node_modules/pkg"), { force: true });
    symlinkSync(`.pnpm/pkg@${version}/node_modules/pkg`, join(root, "node_modules/pkg"));
  };
  const install = (root: string, name: string, version: string): void => {
    mkdirSync(join(root, "node_modules", name), { recursive: true });
    writeFileSync(join(root, "node_modules", name, "index.d.ts"), "export {};\n");
    writeFileSync(join(root, "node_modules", name, "package.json"), pkg(name, version));
  };
  const edits: readonly ((root: string) => void)[] = [
    (root) => link(root, "2.0.0"),
    (root) => install(root, "@types/pkg", "1.0.0"),
    (root) => install(root, "@types/pkg", "1.0.1"),
    (root) => rmSync(join(root, "node_modules/@types/pkg"), { recursive: true }),
    (root) => install(root, ".pnpm/pkg@2.0.0/node_modules/pkg", "2.0.1"),
    (root) => install(root, "../src/node_modules/pkg", "3.0.0"),
  ];
  const root = begin(t, Object.fromEntries([...plain, ...store]));
  mkdirSync(join(root, "node_modules/@types"));
  link(root, "1.0.0");
  pause();
  for (const [i, change] of edits.entries()) {
    answer(root);
    const before = truth(root);
    assert.equal(kept(root), before, `an answer is kept before edit ${i}`);
    change(root);
    assert.notEqual(truth(root), before, `edit ${i} changes a hash`);
    assert.equal(kept(root), undefined, `edit ${i} undoes it`);
    pause();
  }
});

test("what changed so lately that it may change unseen is kept by no answer", (t) => {
  const root = begin(t, PLAIN);
  answer(root, 2000);
  assert.equal(kept(root), undefined);
  answer(root);
  assert.equal(kept(root), truth(root));
});

test("an answer that is cut short or changed, or was kept under another key, is none", (t) => {
  const root = begin(t, PLAIN);
  answer(root);
  const whole = readFileSync(answerPath(root));
  assert.equal(readAnswer(answerPath(root), "other", root), undefined);
  assert.equal(readAnswer(join(root, "absent"), KEY, root), undefined);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      writeFileSync(answerPath(root), bytes);
      const after = readAnswer(answerPath(root), KEY, root);
      // Paddings alone mean nothing.
      if (after !== undefined) assert.equal(after.text, readText(whole));
      writeFileSync(answerPath(root), whole.subarray(0, at));
      assert.equal(readAnswer(answerPath(root), KEY, root), undefined);
    }),
    { numRuns: 100 * EFFORT },
  );
  writeFileSync(answerPath(root), whole);
  assert.equal(kept(root), readText(whole));
});

function readText(whole: Buffer): string | undefined {
  return new RegExp(`${KEY}[0-9a-f]{64}(.*?)\\0*$`).exec(whole.toString("utf8"))?.[1];
}
