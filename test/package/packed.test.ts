/**
 * The tarball that npm would publish, unpacked into an empty project elsewhere, runs the whole path.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tempDir } from "../temp.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

function run(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  const { VIBESAFE_ENV: _, NODE_ENV: __, NODE_OPTIONS: ___, NODE_TEST_CONTEXT: ____, ...clean } = process.env;
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", env: { ...clean, ...env } });
  return { status, output: `${stdout}${stderr}` };
}

let tarball = "";
before((t) => {
  const folder = tempDir(t as { after(cleanUp: () => void): void });
  const packed = run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], root);
  assert.equal(packed.status, 0, packed.output);
  tarball = join(folder, `vibesafe-${manifest.version}.tgz`);
});

test("publint finds nothing", () => {
  const { status, output } = run(process.execPath, [join(root, "node_modules", "publint", "src", "cli.js"), "run", tarball, "--strict"], root);
  assert.equal(status, 0, output);
});

test("the types resolve for every ESM consumer", () => {
  const cli = join(root, "node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
  const { status, output } = run(process.execPath, [cli, tarball, "--profile", "esm-only", "--no-color"], root);
  assert.equal(status, 0, output);
});

test("installed into an empty project, it runs from init to production", (t) => {
  const project = tempDir(t);
  const modules = join(project, "node_modules");
  mkdirSync(modules);
  assert.equal(run("tar", ["-xzf", tarball, "-C", modules], project).status, 0);
  // The packages that it depends on come from this repository: the suite needs no registry.
  run("mv", ["package", "vibesafe"], modules);
  symlinkSync(join(root, "node_modules"), join(modules, "vibesafe", "node_modules"), "junction");
  assert.ok(!existsSync(join(modules, "vibesafe", "lib")), "sources are not published");

  writeFileSync(join(project, "package.json"), '{ "type": "module", "private": true }\n');
  const bin = join(modules, "vibesafe", "dist", "bin", "vibe.js");
  const vibe = (...args: string[]) => {
    const { status, output } = run(process.execPath, [bin, ...args], project);
    assert.equal(status, 0, `vibe ${args.join(" ")}\n${output}`);
    return output;
  };
  assert.equal(vibe("--version").trim(), manifest.version);
  vibe("init");
  const { units } = JSON.parse(vibe("scan", "--json")) as { units: { id: string; file: string }[] };
  const [unit] = units;
  assert.ok(unit, "init writes a first spec");
  vibe("compile");
  assert.match(vibe("test"), /\[PASS\]/);
  vibe("save");
  vibe("check");
  // What the build puts into one file runs as well, and its own help through the parser.
  const commit = vibe("rev-parse", unit.id).trim();
  assert.match(commit, /^[0-9a-f]{64}$/);
  assert.match(vibe("log", "--oneline"), new RegExp(`^${commit.slice(0, 7)}`));
  assert.match(vibe("ls-tree", unit.id), /checkpoint/);
  assert.match(vibe("cat-file", "-p", commit), /^tree [0-9a-f]{64}/);
  assert.match(vibe("show-ref"), new RegExp(commit));
  assert.match(vibe("count-objects"), /objects/);
  assert.match(vibe("log", "--help"), /--oneline/);

  const name = unit.id.split("/")[1] ?? "";
  writeFileSync(join(project, "app.ts"), `import { ${name} } from "./${unit.file}";\nconsole.log(typeof ${name}, ${name}("Ada"));\n`);
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const app = () => run(process.execPath, ["--import", tsx, "app.ts"], project, { VIBESAFE_ENV: "prod" });
  const first = app();
  assert.equal(first.status, 0, first.output);
  assert.match(first.output, /^function .*Ada/);

  const spec = join(project, unit.file);
  writeFileSync(spec, readFileSync(spec, "utf8").replace("Ada", "Ida"));
  const refused = app();
  assert.notEqual(refused.status, 0);
  assert.match(refused.output, /VibesafeHashMismatch/);
});

test("a newcomer finds licence, readme and change log in the tarball", () => {
  const { output } = run("tar", ["-tzf", tarball], root);
  for (const name of ["LICENSE", "README.md", "CHANGELOG.md", "package.json", "dist/bin/vibe.js", "prompts/function.njk"]) {
    assert.ok(output.includes(`package/${name}\n`), `${name} is missing in\n${output}`);
  }
  assert.ok(!readdirSync(root).some((name) => name.endsWith(".tgz")));
});
