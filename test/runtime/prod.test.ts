import assert from "node:assert/strict";
import { chmodSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { after, before, test } from "node:test";
import { transformSync } from "esbuild";
import { unitRef } from "../../lib/spec/unit-id.ts";
import { tempDir } from "../temp.ts";
import { installVibesafe, makeProject, pointRef, runProgram, save, writeFiles, type Saved } from "./project.ts";

const SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { factor, Odd } from "./helper.ts";

/**
 * Doubles.
 *
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func(function double(n: number): number {
  factor();
  throw new VibesafeHandled();
});

export const LIMIT = 10;

/**
 * Refuses what is beyond the limit.
 *
 * >>> limit(1)
 * 1
 */
export const limit = vibesafe.func(
  (n: number): number => {
    throw new VibesafeHandled();
  },
);

/**
 * >>> await later(1)
 * 1
 */
export const later = vibesafe.func(async (n: number): Promise<number> => {
  throw new VibesafeHandled();
});
`;
const FILES = {
  "src/ops.ts": SPEC,
  "src/helper.ts": "export class Odd extends RangeError {}\nexport function factor(): number { return 2; }\n",
  "main.ts": `import { double, later, limit } from "./src/ops.ts";
import { Odd } from "./src/helper.ts";
console.log(double(21), double.name, double.length, double.toString().includes("factor"));
console.log(limit(3), limit.name, limit.length, await later(4));
try {
  limit(11);
} catch (error) {
  console.log(error instanceof Odd, (error as Error).message, (error as Error).stack?.split("\\n")[1]?.trim());
}
`,
  // What an import of the spec does, as one line.
  "refused.ts": `try {
  const { double } = await import("./src/ops.ts");
  console.log("result", double(21));
} catch (error) {
  console.log(error instanceof (await import("vibesafe")).VibesafeError, (error as Error).name, (error as Error).message.split("\\n")[0]);
}
`,
};
const PROD = { VIBESAFE_ENV: "prod" };

let root: string;
let saved: Saved;
let cleanUp = (): void => {};

before(async () => {
  root = makeProject({ after: (clean) => (cleanUp = clean) }, FILES);
  saved = await save(root, "src/ops.ts", "double", "import { factor } from './helper.ts';\nexport function double(n: number): number { factor(); return n * factor(); }\n");
  await save(
    root,
    "src/ops.ts",
    "limit",
    "import { Odd } from './helper.ts';\nimport { LIMIT } from './ops.ts';\nexport function limit(n: number): number {\n  if (n > LIMIT) throw new Odd(`beyond ${LIMIT}`);\n  return n;\n}\n",
  );
  await save(root, "src/ops.ts", "later", "export const later = async (n: number): Promise<number> => n;\n");
});
after(() => cleanUp());

test("verified at import: the generated functions, with the errors and stacks of their own code", () => {
  const { status, stdout, stderr } = runProgram(root, "main.ts", PROD);
  assert.equal(stderr, "");
  assert.equal(status, 0);
  const [first, second, third] = stdout.split("\n");
  assert.deepEqual([first, second], ["42 double 1 true", "3 limit 1 4"]);
  assert.match(third ?? "", /^true beyond 10 at (Object\.)?limit \(vibesafe:\/\/src\.ops\/limit@[0-9a-f]{12}\/impl\.ts:4:24\)$/);
});

test("plain node: its own type stripping, and JavaScript compiled elsewhere with source maps", (t) => {
  // The line is that of impl.ts with and without source maps.
  const expected = /^42 double 1 true\n3 limit 1 4\ntrue beyond 10 at (Object\.)?limit \(vibesafe:\/\/src\.ops\/limit@[0-9a-f]{12}\/impl\.ts:4:\d+\)/;
  if (Reflect.get(process.features, "typescript") === "strip") {
    const { stdout, stderr } = runProgram(root, "main.ts", PROD, { plain: true });
    assert.match(stdout, expected, stderr);
  }
  t.after(() => rmSync(join(root, "dist"), { recursive: true }));
  for (const file of ["main.ts", "src/ops.ts", "src/helper.ts"]) {
    const { code, map } = transformSync(FILES[file as keyof typeof FILES], { loader: "ts", target: "es2022", sourcemap: "external", sourcefile: file });
    const name = `dist/${file.replace(/\.ts$/, ".js")}`;
    const source = relative(join(root, dirname(name)), join(root, file));
    writeFiles(root, {
      [name]: `${code.replaceAll(/(\.\/[\w/]+)\.ts"/g, '$1.js"')}//# sourceMappingURL=${basename(name)}.map\n`,
      [`${name}.map`]: JSON.stringify({ ...JSON.parse(map), sources: [source] }),
    });
  }
  for (const args of [[], ["--enable-source-maps"]]) {
    const { stdout, stderr } = runProgram(root, "dist/main.js", PROD, { plain: true, args });
    assert.match(stdout, expected, stderr);
    assert.equal(stderr, "");
  }
});

test("started in another folder, through a symbolic link, from a read-only store, installed in node_modules", (t) => {
  const elsewhere = tempDir(t);
  symlinkSync(root, join(elsewhere, "link"), "junction");
  assert.match(runProgram(join(elsewhere, "link"), "main.ts", PROD, { cwd: elsewhere }).stdout, /^42 double/);

  const app = tempDir(t);
  const installed = join(app, "node_modules", "product");
  writeFiles(app, { "package.json": '{"type":"module"}\n', "main.ts": 'import "./node_modules/product/main.ts";\n' });
  installVibesafe(app);
  renameSync(root, installed);
  try {
    chmodSync(join(installed, ".vibesafe"), 0o555);
    assert.match(runProgram(app, "main.ts", { NODE_ENV: "production" }).stdout, /^42 double/);
  } finally {
    chmodSync(join(installed, ".vibesafe"), 0o755);
    renameSync(installed, root);
  }
});

test("a program sees the errors of vibesafe as what they are, and nothing turns prod into dev", () => {
  assert.equal(runProgram(root, "refused.ts", PROD).stdout, "result 42\n");
  assert.match(runProgram(root, "refused.ts", { VIBESAFE_ENV: "production" }).stdout, /^true VibesafeConfigError VIBESAFE_ENV is "production"/);
  pointRef(saved.store, unitRef(saved.unit), null);
  try {
    const flags = { PYTHONINSPECT: "1", NODE_OPTIONS: "--trace-uncaught", NODE_ENV: "development", TERM: "xterm" };
    const { stdout } = runProgram(root, "refused.ts", { ...PROD, ...flags }, { args: ["--title=repl"] });
    assert.equal(stdout, "true VibesafeCheckpointMissing src.ops/double has no active checkpoint\n");
  } finally {
    pointRef(saved.store, unitRef(saved.unit), saved.commitId);
  }
});

test("files that are swapped after they were verified change nothing that runs", (t) => {
  t.after(() => rmSync(join(root, "swap.ts")));
  writeFiles(root, {
    "swap.ts": `import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { double, limit } from "./src/ops.ts";
const objects = ".vibesafe/objects";
const was: [string, Buffer][] = [];
for (const name of readdirSync(objects, { recursive: true, encoding: "utf8" })) {
  const path = objects + "/" + name;
  if (/[0-9a-f]{62}$/.test(name)) { chmodSync(path, 0o644); was.push([path, readFileSync(path)]); writeFileSync(path, "evil"); }
}
try { console.log(double(21), limit(3)); } finally { for (const [path, bytes] of was) writeFileSync(path, bytes); }
`,
  });
  // `limit` waits for its own module, so it is evaluated only after the swap.
  const { stdout, stderr } = runProgram(root, "swap.ts", PROD);
  assert.equal(stdout, "42 3\n", stderr);
});
