/**
 * The sealed bundle: runs without the store, checks the sources where they are deployed, and gives nothing once it was changed.
 */

import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { transformSync, type TransformOptions } from "esbuild";
import { VibesafeError } from "../../lib/errors.ts";
import { openProject } from "../../lib/project/project.ts";
import { parseBundle, type BundledUnit } from "../../lib/spec/bundle.ts";
import { readBuild, readDeployed } from "../../lib/spec/deployed.ts";
import { partsOf } from "../../lib/spec/file-window.ts";
import { makeBundle } from "../../lib/spec/make-bundle.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { makeProject, runProgram, save, writeFiles } from "./project.ts";

const SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { factor } from "./helper.ts";

/**
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func(function double(n: number): number {
  const by = factor;
  throw new VibesafeHandled();
});
`;

const FILES = {
  "src/ops.ts": SPEC,
  "src/helper.ts": "export const factor = 2;\n",
  "main.ts": 'import { double } from "./src/ops.ts";\nconsole.log(double(21));\n',
};

const PROD = { VIBESAFE_ENV: "prod" };

async function deployed(t: { after(clean: () => void): void }): Promise<string> {
  const root = makeProject(t, FILES);
  await save(root, "src/ops.ts", "double", 'import { factor } from "./helper.ts";\nexport function double(n: number): number { const by = factor; return n * by; }\n');
  const { bytes } = makeBundle(createWorkspace(openProject(root)));
  assert.deepEqual(makeBundle(createWorkspace(openProject(root))).bytes, bytes, "the same saves, the same bytes");
  writeFileSync(join(root, "vibesafe.bundle"), bytes);
  rmSync(join(root, ".vibesafe"), { recursive: true });
  return root;
}

test("with a bundle a program needs no store, and its sources are checked all the same", async (t) => {
  const root = await deployed(t);
  assert.equal(runProgram(root, "main.ts", PROD).stdout, "42\n");
  writeFiles(root, { "src/helper.ts": "// the same\nexport const factor = 2;\n" });
  assert.equal(runProgram(root, "main.ts", PROD).stdout, "42\n");
  writeFiles(root, { "src/helper.ts": "export const factor = 3;\n" });
  const refused = runProgram(root, "main.ts", PROD);
  assert.match(refused.stderr, /VibesafeHashMismatch: src\.ops\/double is not the spec that was saved[^]*factor = 2; -> const factor = 3/);
  assert.equal(refused.stdout, "");
});

test("a program of JavaScript alone runs from its bundle: by source map, and by name without one", async (t) => {
  const root = await deployed(t);
  for (const [file, to] of [["src/ops.ts", "dist/ops.js"], ["src/helper.ts", "dist/helper.js"]] as const) {
    const options = { loader: "ts", format: "esm", sourcemap: "external", sourcefile: `../${file}`, sourcesContent: false } as const;
    const { code, map } = transformSync(readFileSync(join(root, file), "utf8").replace("helper.ts", "helper.js"), options);
    writeFiles(root, { [to]: `${code}//# sourceMappingURL=${to.slice(5)}.map\n`, [`${to}.map`]: map });
  }
  writeFiles(root, { "dist/main.js": 'import { double } from "./ops.js";\nconsole.log(double(21));\n' });
  for (const name of ["src", "main.ts", "vibesafe.toml"]) rmSync(join(root, name), { recursive: true });
  assert.equal(runProgram(root, "dist/main.js", {}, { plain: true }).stdout, "42\n");
  rmSync(join(root, "dist/ops.js.map"));
  const named = readFileSync(join(root, "dist/ops.js"), "utf8").replace(/function double\d*\(/, "function double(");
  writeFiles(root, { "dist/ops.js": named });
  assert.equal(runProgram(root, "dist/main.js", {}, { plain: true }).stdout, "42\n");
  writeFiles(root, { "dist/ops.js": named.replace("const double = vibesafe.func(function double(", "const other = vibesafe.func(function other(").replace("  double\n", "  other as double\n") });
  assert.match(runProgram(root, "dist/main.js", {}, { plain: true }).stderr, /cannot tell which unit of vibesafe\.bundle other is/);
  renameSync(join(root, "vibesafe.bundle"), join(root, "gone"));
  assert.notEqual(runProgram(root, "dist/main.js", {}, { plain: true }).status, 0);
});

test("no byte of a bundle can be changed, cut or added without an error, or without effect on what runs", async (t) => {
  const root = await deployed(t);
  const bytes = readFileSync(join(root, "vibesafe.bundle"));
  const run = (changed: Buffer): string | undefined => {
    const { units, read } = parseBundle(partsOf(changed), "vibesafe.bundle");
    const unit: BundledUnit | undefined = units.get("src.ops/double");
    const found = unit === undefined ? undefined : readDeployed(read, unit.commit);
    return found === undefined ? undefined : Buffer.from(readBuild(read, found)).toString();
  };
  const code = run(bytes);
  assert.ok(code);
  let refusals = 0;
  const attempt = (changed: Buffer): void => {
    try {
      assert.equal(run(changed), code);
    } catch (error) {
      if (!(error instanceof VibesafeError)) throw error;
      refusals += 1;
    }
  };
  const index = bytes.indexOf(10, bytes.indexOf(10) + 1);
  for (let at = 0; at < bytes.length; at += at < index ? 1 : 13) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    attempt(changed);
  }
  assert.ok(refusals > index, "every byte of the index counts");
  for (const length of [0, 10, index, bytes.length - 1]) attempt(bytes.subarray(0, length));
  attempt(Buffer.concat([bytes, Buffer.from("x")]));
  const older = Buffer.from(bytes.toString("latin1").replace("vibesafe.bundle 2 ", "vibesafe.bundle 1 "), "latin1");
  assert.throws(() => run(older), { name: "VibesafeStoreError", message: /is a bundle of format 1, and this vibesafe reads format 2$/, remedy: /vibe build/ });
});

const UNIT = (name: string, code = `function ${name}(n: number): number`): string =>
  `import { vibesafe, VibesafeHandled } from "vibesafe";\n\n/**\n * >>> ${name}(1)\n * 1\n */\nexport const ${name} = vibesafe.func(${code} {\n  throw new VibesafeHandled();\n});\n`;

test("a unit of JavaScript alone gets its own code, or none: whatever a compiler calls it, and from whatever text it was made", async (t) => {
  const root = makeProject(t, { "src/a.ts": UNIT("add"), "src/b.ts": UNIT("add2"), "src/c.ts": UNIT("arrow", "(n: number): number =>") });
  for (const [file, name, plus] of [["src/a.ts", "add", 1], ["src/b.ts", "add2", 2], ["src/c.ts", "arrow", 3]] as const) {
    await save(root, file, name, `export function ${name}(n: number): number {\n  return n + ${plus};\n}\n`);
  }
  writeFileSync(join(root, "vibesafe.bundle"), makeBundle(createWorkspace(openProject(root))).bytes);
  rmSync(join(root, ".vibesafe"), { recursive: true });
  rmSync(join(root, "vibesafe.toml"));
  rmSync(join(root, "src"), { recursive: true });
  const inline = { sourcemap: "inline" } as const;
  const aliased = (code: string): string => code.replace("{ vibesafe,", "{ vibesafe as v,").replace("vibesafe.func", "v.func");
  const arrow = UNIT("arrow", "(n: number): number =>");
  const freshArrow = UNIT("fresh", "(n: number): number =>");
  // A file, a text that may be another than the one that was sealed, how it is compiled; what the unit answers.
  const cases: readonly [file: string, text: string, options: TransformOptions, answer: RegExp, edit?: typeof aliased][] = [
    // esbuild calls the function `add2`, which is another unit.
    ["a", UNIT("add"), {}, /^2$/],
    ["a", UNIT("add"), inline, /^2$/],
    ["a", UNIT("add"), { ...inline, minify: true }, /^2$/],
    ["b", UNIT("add2"), {}, /^3$/],
    ["c", arrow, {}, /^4$/],
    ["a", UNIT("add"), {}, /cannot tell which unit of vibesafe\.bundle add2 is/, aliased],
    ["a", UNIT("add"), { minify: true }, /cannot tell which unit/],
    // At the line of a sealed unit now stands another.
    ["a", UNIT("fresh"), inline, /cannot tell which unit of vibesafe\.bundle fresh2 is/],
    ["c", freshArrow, inline, /cannot tell which unit/],
    ["c", freshArrow, { ...inline, minify: true }, /cannot tell which unit/],
  ];
  cases.forEach(([file, text, options, , edit = (code) => code], i) => {
    writeFiles(root, { [`dist/${i}/${file}.js`]: edit(transformSync(text, { loader: "ts", format: "esm", sourcefile: `../../src/${file}.ts`, ...options }).code) });
  });
  writeFiles(root, {
    "main.js": `for (const path of ${JSON.stringify(cases.map(([file], i) => `./dist/${i}/${file}.js`))}) console.log(await import(path).then((all) => Object.values(all)[0](1), (error) => error.message));\n`,
  });
  const { stdout, stderr } = runProgram(root, "main.js", {}, { plain: true });
  const answers = stdout.trimEnd().split("\n");
  assert.equal(answers.length, cases.length, stderr);
  cases.forEach(([, , , expected], i) => assert.match(answers[i] ?? "", expected, `case ${i}`));
});
