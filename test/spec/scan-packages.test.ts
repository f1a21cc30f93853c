/**
 * The TypeScript sources of real packages: the scanner reads them all, and their functions make specs with the signatures they have.
 *
 * A sample of what is installed; of packages that were unpacked by hand all:
 * `npm pack effect rxjs viem ethers openai`, `tar xzf` of each in a folder of its own, then `VIBESAFE_PACKAGES=a:b:… node --import tsx --test` of
 * this file.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { extractSpecs } from "../../lib/spec/extract.ts";
import { tryParseModule } from "../../lib/spec/parse.ts";
import { printCanonical } from "../../lib/spec/print.ts";
import { showSignature } from "../../lib/spec/explain/signature.ts";
import { freeNames } from "../../lib/spec/scope.ts";
import { sampleFiles } from "./sample-files.ts";

test("functions of five packages as specs", (t) => {
  let functions = 0;
  let files = 0;
  const broken: string[] = [];
  for (const path of sampleFiles().filter((file) => /\.[cm]?ts$/.test(file))) {
    const parsed = tryParseModule(readFileSync(path, "utf8"), "src/sample.d.ts".replace(".d.ts", path.endsWith(".d.ts") ? ".d.ts" : ".ts"));
    if ("problem" in parsed) {
      broken.push(`${path}: ${parsed.problem.error.message}`);
      continue;
    }
    const { module } = parsed;
    files += 1;
    if (process.env["VIBESAFE_PACKAGES"] !== undefined) {
      // What H_spec is made of, for every file: the canonical text reads back, and names are told.
      const printed = printCanonical(module.program);
      const again = tryParseModule(printed, "src/sample.ts");
      assert.ok("module" in again && printCanonical(again.module.program) === printed, path);
      freeNames(module.program);
    }
    assert.deepEqual(extractSpecs(module, "src/sample.ts").specs, []);
    for (const [name, declarations] of module.declarations) {
      const [declaration] = declarations;
      const node = declaration?.node;
      if (declarations.length !== 1 || (node?.type !== "FunctionDeclaration" && node?.type !== "TSDeclareFunction") || node.returnType === null || node.returnType === undefined) continue;
      const [first] = node.params;
      const end = node.returnType.end;
      const header = module.source.slice(node.start, end).replace(/^(?:export\s+)?(?:default\s+)?(?:declare\s+)?/, "");
      const spec = `import { vibesafe, VibesafeHandled } from "vibesafe";\nexport const ${name} = vibesafe.func(${header} {\n  throw new VibesafeHandled();\n});\n`;
      const again = tryParseModule(spec, "src/sample.ts");
      // `asserts x is T` and overload headers with `this` are no expressions everywhere; what parses must be read.
      if ("problem" in again) continue;
      const { specs } = extractSpecs(again.module, "src/sample.ts");
      const [found] = specs;
      if (found === undefined) continue;
      functions += 1;
      assert.equal(found.signature.returns, printCanonical(node.returnType.typeAnnotation), header);
      assert.equal(found.signature.parameters.length, node.params.length, header);
      assert.equal(found.signature.async, node.async, header);
      if (first?.type === "Identifier") assert.equal(found.signature.parameters[0]?.name, first.name, header);
      assert.ok(showSignature(found.name, found.signature).includes(name));
    }
  }
  assert.ok(functions > 100, `${functions} functions`);
  t.diagnostic(`${files} files, ${functions} functions${broken.map((one) => `\nnot read: ${one}`).join("")}`);
});
