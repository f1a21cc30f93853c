import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join, win32 } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { callSiteOf, fileOfScript, sourcePosition, type CallSite } from "../../lib/runtime/call-site.ts";
import { forgetScripts } from "../../lib/runtime/script.ts";
import { VibesafeUsageError } from "../../lib/errors.ts";
import { tempDir } from "../temp.ts";

function here(): CallSite {
  const site = callSiteOf(here);
  assert.ok("file" in site, site.script);
  return site;
}

test("the caller's file and line, as written", () => {
  const site = here();
  assert.equal(site.file, fileURLToPath(import.meta.url));
  assert.deepEqual(sourcePosition(site), { file: site.file, line: 18 });
});

test("what others do to Error changes nothing, and is as it was afterwards", () => {
  const saved = { prepare: Error.prepareStackTrace, limit: Error.stackTraceLimit };
  const hostile = () => {
    throw new Error("prepareStackTrace of others was called");
  };
  try {
    Error.prepareStackTrace = hostile;
    Error.stackTraceLimit = 0;
    assert.equal(here().file, fileURLToPath(import.meta.url));
    assert.equal(Error.prepareStackTrace, hostile);
    assert.equal(Error.stackTraceLimit, 0);
  } finally {
    Error.prepareStackTrace = saved.prepare;
    Error.stackTraceLimit = saved.limit;
  }
});

test("names that engines and loaders give to scripts", (t) => {
  const folder = tempDir(t);
  writeFileSync(join(folder, "a?b.ts"), "");
  const esm = (file: string) => ({ file, esm: true });
  const cjs = (file: string) => ({ file, esm: false });
  assert.deepEqual(fileOfScript("file:///p/my%20app/a.ts"), esm("/p/my app/a.ts"));
  assert.deepEqual(fileOfScript("file:///p/a.ts?tsx-namespace=1700#x"), esm("/p/a.ts"));
  assert.deepEqual(fileOfScript("/p/a.ts"), cjs("/p/a.ts"));
  assert.deepEqual(fileOfScript("/p/a.ts?namespace=17"), cjs("/p/a.ts"));
  assert.deepEqual(fileOfScript(join(folder, "a?b.ts")), cjs(join(folder, "a?b.ts")));
  assert.deepEqual(fileOfScript("C:\\p\\a.ts", win32), cjs("C:\\p\\a.ts"));
  for (const script of ["node:internal/x", "[eval1]", "REPL1", "evalmachine.<anonymous>", "webpack-internal:///./a.ts", "file://host/a.ts", "<anonymous>"]) {
    assert.equal(fileOfScript(script), undefined, script);
  }
});

test("code without a file has a name only", () => {
  const call = new Function("callSiteOf", "return (function f() { return callSiteOf(f); })()") as (of: typeof callSiteOf) => ReturnType<typeof callSiteOf>;
  assert.equal("file" in call(callSiteOf), false);
});

test("compiled code stands for its source: by its map, else by the file beside it", (t) => {
  const folder = tempDir(t);
  const script = join(folder, "dist.js");
  const site: CallSite = { file: script, esm: true, script: pathToFileURL(script).href, line: 1, column: 1 };
  writeFileSync(script, "x();\n");
  assert.deepEqual(sourcePosition(site), { file: script, line: 1 });
  writeFileSync(join(folder, "dist.ts"), "");
  assert.deepEqual(sourcePosition(site), { file: join(folder, "dist.ts"), line: undefined });

  const map = { version: 3, sources: ["../src/a b.ts"], sourceRoot: "maps", names: [], mappings: "AAEA" };
  const positionNow = () => {
    forgetScripts();
    return sourcePosition(site);
  };
  const expected = { file: join(folder, "src", "a b.ts"), line: 3 };
  writeFileSync(join(folder, "dist.js.map"), JSON.stringify(map));
  writeFileSync(script, "x();\n//# sourceMappingURL=dist.js.map\n");
  assert.deepEqual(positionNow(), expected);
  writeFileSync(script, `x();\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`);
  assert.deepEqual(positionNow(), expected);
  writeFileSync(script, `x();\n//# sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(map))}`);
  assert.deepEqual(positionNow(), expected);

  writeFileSync(join(folder, "dist.js.map"), "{");
  writeFileSync(script, "x();\n//# sourceMappingURL=dist.js.map\n");
  assert.throws(positionNow, VibesafeUsageError);
});
