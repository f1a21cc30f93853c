import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import { VibesafeUsageError, VibesafeValidationError } from "../../lib/errors.ts";
import { evaluate, evaluateEarly, scriptName, type VerifiedCode } from "../../lib/runtime/evaluate.ts";
import { tempDir } from "../temp.ts";

const CHECKPOINT = "1a2b3c4d5e6f" + "0".repeat(52);

function code(t: { after(cleanUp: () => void): void }, source: string, files: Record<string, string> = {}): VerifiedCode {
  const root = tempDir(t);
  mkdirSync(join(root, "lib"));
  for (const [name, text] of Object.entries({ "spec.mjs": "export const own = 1;", ...files })) writeFileSync(join(root, name), text);
  const { code: js } = transformSync(source, { loader: "ts", format: "cjs", sourcemap: "inline", sourcefile: "impl.ts", target: "es2022" });
  return { unit: "a.b/f", name: "f", checkpoint: CHECKPOINT, js, importer: { file: join(root, "spec.mjs"), esm: true } };
}

test("the result is the function that the code exports, with its state", (t) => {
  const f = evaluate(code(t, "let n = 0;\nexport function f(step: number): number { n += step; return n; }")) as (step: number) => number;
  assert.equal(f.name, "f");
  assert.deepEqual([f(2), f(3)], [2, 5]);
});

test("an error of the code keeps class, message and stack; the stack names unit, checkpoint and line of impl.ts", (t) => {
  const f = evaluate(code(t, "interface A { a: number }\n// a comment\nexport function f(a: A): never {\n  throw new RangeError(`no ${a.a}`);\n}"));
  const stackOf = (): string => {
    try {
      Reflect.apply(f, undefined, [{ a: 1 }]);
    } catch (error) {
      assert.ok(error instanceof RangeError);
      assert.equal(error.message, "no 1");
      return error.stack ?? "";
    }
    throw new Error("nothing was thrown");
  };
  // tsx, which runs this test, has turned source maps on.
  assert.match(stackOf(), /at (Object\.)?f \(vibesafe:\/\/a\.b\/f@1a2b3c4d5e6f\/impl\.ts:4:9\)/);
});

test("what the code throws while it is evaluated arrives untouched", (t) => {
  const thrown = code(t, "export const f = (() => { throw 'as it is'; })();");
  for (const run of [evaluate, evaluateEarly]) assert.throws(() => run(thrown), (error) => error === "as it is");
});

test("code that imports its spec's module waits while that is being loaded", (t) => {
  const cyclic = code(t, "import { own } from './spec.mjs';\nexport function f(): number { return own; }");
  assert.equal(evaluateEarly(cyclic), undefined);
  assert.equal(Reflect.apply(evaluate(cyclic), undefined, []), 1);
});

test("a function called while a module that its code imports is being loaded says so", async (t) => {
  const early = code(t, "import { x } from './slow.mjs';\nexport function f(): number { return x; }", {
    "slow.mjs": "export const early = globalThis.evaluateFromSlow(); export const x = 1;",
  });
  let seen: unknown;
  Reflect.set(globalThis, "evaluateFromSlow", () => {
    try {
      evaluate(early);
    } catch (error) {
      seen = error;
    }
  });
  t.after(() => Reflect.deleteProperty(globalThis, "evaluateFromSlow"));
  await import(pathToFileURL(join(dirname(early.importer.file), "slow.mjs")).href);
  assert.equal(Reflect.apply(evaluate(early), undefined, []), 1);
  assert.equal(evaluateEarly(early)?.name, "f");
  assert.ok(seen instanceof VibesafeUsageError, String(seen));
  assert.match(seen.message, /a\.b\/f was called while "\.\/slow\.mjs"/);
});

test("code that exports no such function is refused", (t) => {
  assert.throws(() => evaluate(code(t, "export const f = 1;")), VibesafeValidationError);
});

test("code cannot reach import() or the runtime's own scope", async (t) => {
  const f = evaluate(code(t, "export function f(): unknown { return [typeof filename, typeof code, typeof process, import('node:fs')]; }"));
  const [a, b, c, loaded] = Reflect.apply(f, undefined, []) as [string, string, string, Promise<unknown>];
  assert.deepEqual([a, b, c], ["undefined", "undefined", "object"]);
  await assert.rejects(loaded, { code: "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING" });
});

test("odd unit names make a URL that node can resolve a source map against", () => {
  for (const unit of ["src.my file/f", "src.a#b?c/f", "src.ünï/ß", "a.b/Class.method", "src.[id]/get"]) {
    const name = scriptName(unit, CHECKPOINT);
    assert.equal(new URL("impl.ts", name).href, name, unit);
  }
});
