import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { VibesafeConfigError } from "../../lib/errors.ts";
import { encodeSpecMap } from "../../lib/spec/checkpoint/spec.ts";
import { effectiveProvider, hashSpec } from "../../lib/spec/hash.ts";
import { hashObject } from "../../lib/store/id.ts";
import { VERSION } from "../../lib/version.ts";
import { CONFIG, hashOf, newWorkspace, specIn, unitFile } from "./projects.ts";

const HELPER = 'import { z } from "zod";\nexport function helper(n: number): number {\n  return z(n);\n}\n';

/** A project with something of everything. */
const RICH: Readonly<Record<string, string>> = {
  "src/unit.ts": unitFile({ imports: 'import { helper } from "@/helper.js";\nimport data from "./ä.json";\nenum Größe { klein }', signature: "function f(a: Größe): number", body: "helper(data.n);" }),
  "src/helper.ts": HELPER,
  "src/ä.json": '{ "n": 1.5 }',
  "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
  "prompts/function.njk": "Write {{ name }}.\n",
  "node_modules/zod/package.json": '{ "name": "zod", "version": "4.0.0" }',
  "node_modules/zod/index.js": "",
  "vibesafe.toml": '[provider.default]\nkind = "replay"\ntemperature = 0.1\n',
};

test("H_spec is the git blob id of the CBOR map, by another hash", (t) => {
  const { bytes, specHash, map } = hashOf(newWorkspace(t, RICH));
  assert.equal(specHash, bytesToHex(sha256(Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]))));
  assert.equal(map.vibesafe, VERSION);
  assert.equal(map.provider.temperature, "0.1");
});

test("H_spec of a project is the same bytes everywhere: its id, but for version and template, is written down here", (t) => {
  const { map } = hashOf(newWorkspace(t, RICH));
  const bytes = encodeSpecMap({ ...map, vibesafe: "0.0.0", template: "0".repeat(64) });
  assert.equal(hashObject("blob", bytes), "9a23a244eeddcec083e587b540a5c5765774244291fc3332ac22df1a46c5949d");
});

test("the place on disk and the line ends of every file change nothing", (t) => {
  const here = hashOf(newWorkspace(t, RICH, "a"));
  const crlf = Object.fromEntries(Object.entries(RICH).map(([file, text]) => [file, text.replaceAll("\n", "\r\n")]));
  const there = hashOf(newWorkspace(t, crlf, "ein anderer/Ort (kopie)"));
  assert.deepEqual(there.map, here.map);
  assert.equal(there.specHash, here.specHash);
});

test("time zone, locale, NODE_PATH and the working directory change nothing", (t) => {
  const workspace = newWorkspace(t, RICH);
  const script = `import { createWorkspace, readSpecs } from ${JSON.stringify(fileURLToPath(new URL("../../lib/spec/workspace.ts", import.meta.url)))};
import { openProject } from ${JSON.stringify(fileURLToPath(new URL("../../lib/project/project.ts", import.meta.url)))};
import { hashSpec } from ${JSON.stringify(fileURLToPath(new URL("../../lib/spec/hash.ts", import.meta.url)))};
const workspace = createWorkspace(openProject(process.argv[1]));
console.log(hashSpec(workspace, readSpecs(workspace, "src/unit.ts").specs[0]).specHash);`;
  const run = (env: Record<string, string>, cwd: string): string =>
    execFileSync(process.execPath, ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", script, workspace.project.root], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", ...env },
      encoding: "utf8",
    }).trim();
  const expected = hashOf(workspace).specHash;
  assert.equal(run({ TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" }, "/"), expected);
  assert.equal(run({ TZ: "America/St_Johns", LANG: "C", NODE_PATH: join(workspace.project.root, "src"), NODE_ENV: "production" }, workspace.project.root), expected);
});

test("materials are the files that went in, sorted, with their digests", (t) => {
  const workspace = newWorkspace(t, RICH);
  const { materials } = hashOf(workspace);
  assert.deepEqual(
    materials.map(({ uri }) => uri),
    ["node_modules/zod/package.json", "prompts/function.njk", "src/helper.ts", "src/unit.ts", "src/ä.json", "tsconfig.json", "vibesafe.toml"],
  );
  for (const { uri, digest } of materials) assert.equal(digest.sha256, bytesToHex(sha256(readFileSync(join(workspace.project.root, uri)))));
});

test("the template: option before configuration before the project's own before the packaged one", (t) => {
  const files = { "src/unit.ts": unitFile({}) };
  const own = { "prompts/function.njk": "own" };
  const config = { "prompts/c.njk": "config", "vibesafe.toml": `${CONFIG}[prompts]\nfunction = "prompts/c.njk"\n` };
  const option = { "prompts/o.njk": "option", "src/unit.ts": unitFile({ options: '{ template: "prompts/o.njk" }, ' }) };
  const ids = [files, { ...files, ...own }, { ...files, ...own, ...config }, { ...files, ...own, ...config, ...option }].map(
    (project) => hashOf(newWorkspace(t, project)).map.template,
  );
  const blob = (text: string): string => bytesToHex(sha256(Buffer.from(`blob ${text.length}\0${text}`)));
  assert.deepEqual(ids.slice(1), ["own", "config", "option"].map(blob));
  const packaged = readFileSync(new URL("../../prompts/function.njk", import.meta.url));
  assert.equal(ids[0], bytesToHex(sha256(Buffer.concat([Buffer.from(`blob ${packaged.length}\0`), packaged]))));
});

test("a template that is named and not there, and a provider that is not defined, are errors", (t) => {
  const cases: Record<string, string>[] = [
    { "src/unit.ts": unitFile({ options: '{ template: "nope.njk" }, ' }) },
    { "src/unit.ts": unitFile({}), "vibesafe.toml": `${CONFIG}[prompts]\nfunction = "nope.njk"\n` },
    { "src/unit.ts": unitFile({ options: '{ provider: "nope" }, ' }) },
    { "src/unit.ts": unitFile({}), "vibesafe.toml": "" },
  ];
  for (const files of cases) assert.throws(() => hashOf(newWorkspace(t, files)), VibesafeConfigError);
});

test("the unit's provider and model are what is hashed and used", (t) => {
  const workspace = newWorkspace(t, {
    "src/unit.ts": unitFile({ options: '{ provider: "other", model: "mine" }, ' }),
    "vibesafe.toml": `${CONFIG}[provider.other]\nkind = "openai-compatible"\nmodel = "theirs"\nseed = 7\n`,
  });
  const spec = specIn(workspace, "src/unit.ts");
  const provider = effectiveProvider(workspace.project, spec);
  assert.equal(provider.name, "other");
  assert.equal(provider.model, "mine");
  assert.deepEqual(hashSpec(workspace, spec).map.provider, {
    kind: "openai-compatible",
    model: "mine",
    temperature: null,
    seed: 7,
    max_tokens: null,
    reasoning_effort: null,
  });
});

test("text that moves from one field to the next is another spec (B20)", (t) => {
  const hashes = [
    unitFile({ body: '"a"; "b";' }),
    unitFile({ body: '"a\\n---\\nb";' }),
    unitFile({ body: '"a";', example: '>>> "b"\n * 1' }),
    unitFile({ body: "", example: '>>> "a"; "b"\n * 1' }),
  ].map((source) => hashOf(newWorkspace(t, { "src/unit.ts": source })).specHash);
  assert.equal(new Set(hashes).size, hashes.length);
});

test("a file may change its extension: the module path stays", (t) => {
  const source = unitFile({ imports: "type N = number;", signature: "function f(a: N): number" });
  const hashes = ["src/unit.ts", "src/unit.mts", "src/unit.tsx"].map((file) => hashOf(newWorkspace(t, { [file]: source }), file).specHash);
  assert.equal(new Set(hashes).size, 1);
});
