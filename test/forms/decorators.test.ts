/**
 * `@vibesafe.func` as compilers apply it: which method it stands for is certain, or an error.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { vibesafe, VibesafeUsageError } from "../../lib/index.ts";
import { makeProject, runProgram, save, writeFiles } from "../runtime/project.ts";

const typeRoots = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "node_modules", "@types");
const IMPORT = 'import { vibesafe, VibesafeHandled } from "vibesafe";\n\n';

const method = (name: string, decorator: string, modifiers = ""): string =>
  `  /**\n   * >>> 1 + 1\n   * 2\n   */\n  ${decorator}\n  ${modifiers}${name}(n: number): number {\n    throw new VibesafeHandled();\n  }\n`;

const impl = (owner: string, name: string, code: string): string =>
  `import type { ${owner.replace("typeof ", "")} } from "./shape.ts";\n\nexport function ${name}(this: ${owner}, n: number): number {\n  ${code}\n}\n`;

test("a class of TypeScript's own making, helpers in a package", async (t) => {
  const files = {
    "src/shape.ts": `${IMPORT}export class Shape {\n  width = 2;\n${method("area", "@vibesafe.func")}${method("of", "@vibesafe.func", "static ")}}\n\nexport class Wide extends Shape {\n  override width = 3;\n  override area(n: number): number {\n    return super.area(n) + 0.5;\n  }\n}\n`,
    "main.ts": `import { createRequire } from "node:module";
import { Shape, Wide } from "./src/shape.ts";

const parsed = Object.keys(createRequire(import.meta.url).cache).some((file) => file.endsWith("full.cjs"));
console.log(new Shape().area(3), new Wide().area(3), Shape.of(1), Shape.prototype.area.name, parsed);
`,
    "tsconfig.json": JSON.stringify({
      compilerOptions: { strict: true, target: "es2022", lib: ["es2023", "dom"], module: "nodenext", rewriteRelativeImportExtensions: true, sourceMap: true, importHelpers: true, outDir: "dist", rootDir: ".", types: ["node"], typeRoots: [typeRoots], skipLibCheck: true },
      include: ["main.ts"],
    }),
    "node_modules/tslib/package.json": '{ "name": "tslib", "version": "2.8.1", "type": "module", "exports": { "types": "./tslib.d.ts", "default": "./tslib.js" } }',
    "node_modules/tslib/tslib.d.ts": "export declare function __esDecorate(...args: any[]): void;\nexport declare function __runInitializers(...args: any[]): any;\n",
    // As in the package tslib, of which these two functions are all that TypeScript asks for here.
    "node_modules/tslib/tslib.js": `export function __runInitializers(thisArg, initializers, value) {
  for (let i = 0; i < initializers.length; i++) value = arguments.length > 2 ? initializers[i].call(thisArg, value) : initializers[i].call(thisArg);
  return arguments.length > 2 ? value : void 0;
}
export function __esDecorate(ctor, descriptorIn, decorators, contextIn, initializers, extraInitializers) {
  const target = contextIn.static ? ctor : ctor.prototype;
  const descriptor = Object.getOwnPropertyDescriptor(target, contextIn.name);
  for (let i = decorators.length - 1; i >= 0; i--) {
    const result = decorators[i](descriptor.value, { ...contextIn, addInitializer() {} });
    if (result !== undefined) descriptor.value = result;
  }
  Object.defineProperty(target, contextIn.name, descriptor);
}
`,
  };
  const root = makeProject(t, files);
  await save(root, "src/shape.ts", "area", impl("Shape", "area", "return this.width * n;"));
  await save(root, "src/shape.ts", "of", impl("typeof Shape", "of", "return this.length + n;"));
  execFileSync(process.execPath, [join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc"), "-p", root], { stdio: "pipe" });
  // A minifier renames the helper that applies the decorator.
  const { code } = transformSync(files["src/shape.ts"], { loader: "ts", format: "esm", target: "es2022", minify: true, sourcemap: "inline", sourcefile: "../src/shape.ts" });
  writeFiles(root, { "minified/shape.js": code, "minified/main.js": 'import { Shape } from "./shape.js";\nconsole.log(new Shape().area(3), Shape.of(1));\n' });
  const minified = runProgram(root, "minified/main.js", { VIBESAFE_ENV: "prod" }, { plain: true });
  assert.equal(minified.stdout, "6 1\n", minified.stderr);
  const expected = "6 9.5 1 area false\n";
  for (const [program, plain] of [["dist/main.js", true], ["main.ts", false]] as const) {
    const { stdout, stderr } = runProgram(root, program, { VIBESAFE_ENV: "prod" }, { plain });
    assert.equal(stdout, expected, stderr);
  }
});

test("two classes with one method name: the place or the unit must be said", async (t) => {
  const classes = (a: string, b: string): string => `${IMPORT}export class A {\n${method("area", a)}}\n\nexport class B {\n${method("area", b)}}\n`;
  const root = makeProject(t, {
    "src/shape.ts": classes("@vibesafe.func({})", '@vibesafe.func({ unit: "src.shape/B.area" })'),
    "main.ts": 'import { A, B } from "./src/shape.ts";\nconsole.log(new A().area(1), new B().area(1));\n',
  });
  for (const [owner, unit] of [["A", "src.shape/A.area"], ["B", "src.shape/B.area"]] as const) {
    await save(root, "src/shape.ts", unit, impl(owner, "area", `return n + ${owner === "A" ? 10 : 20};`));
  }
  const ran = runProgram(root, "main.ts", { VIBESAFE_ENV: "prod" });
  assert.equal(ran.stdout, "11 21\n", ran.stderr);

  writeFiles(root, { "src/shape.ts": classes("@vibesafe.func", "@vibesafe.func") });
  const { stdout, stderr } = runProgram(root, "main.ts", { VIBESAFE_ENV: "prod" });
  assert.equal(stdout, "");
  assert.match(stderr, /VibesafeUsageError: src\/shape\.ts: cannot tell which unit area is: src\.shape\/A\.area or src\.shape\/B\.area/);
  assert.match(stderr, /@vibesafe\.func\(\{ unit: "src\.shape\/A\.area" \}\)/);
});

test("a decorator that scan refuses takes no other method's code", async (t) => {
  const hidden = `\nexport function make() {\n  class Hidden {\n    @vibesafe.func\n    area(n: number): number {\n      throw new VibesafeHandled();\n    }\n  }\n  return new Hidden().area(1);\n}\n`;
  const root = makeProject(t, {
    "src/shape.ts": `${IMPORT}export class Shape {\n${method("area", "@vibesafe.func")}}\n${hidden}`,
    "main.ts": 'import { make } from "./src/shape.ts";\nconsole.log(make());\n',
  });
  await save(root, "src/shape.ts", "area", impl("Shape", "area", "return n;"));
  const { stdout, stderr } = runProgram(root, "main.ts", { VIBESAFE_ENV: "prod" });
  assert.equal(stdout, "");
  assert.match(stderr, /the class of a spec stands inside other code/);
});

test("what is no standard decorator of a method is a mistake of the caller", () => {
  const stub = (): number => 1;
  const context = { kind: "method", name: "area", static: false, private: false };
  const apply = (...args: unknown[]): unknown => Reflect.apply(vibesafe.func, vibesafe, args);
  const older = { message: /not called as a standard decorator/, name: "VibesafeUsageError" };
  assert.throws(() => apply({ area: stub }, "area", { value: stub }), older);
  assert.throws(() => apply(stub, "area", { value: stub }), older);
  for (const kind of ["getter", "setter", "field", "accessor", "class"]) {
    assert.throws(() => apply(stub, { ...context, kind }), { message: `@vibesafe.func stands on a ${kind}` });
  }
  assert.throws(() => apply(stub, { ...context, private: true, name: "#area" }), /without a plain name: #area/);
  assert.throws(() => apply(stub, { ...context, name: Symbol("area") }), /without a plain name: Symbol\(area\)/);
  assert.throws(() => apply(undefined, context), VibesafeUsageError);
});
