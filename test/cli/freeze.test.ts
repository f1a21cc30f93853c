/**
 * Frozen packages: recorded with the save, told by `deps` and `diff`, and asked for in production.
 */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import * as vibesafe from "../../lib/plugin.ts";
import { git, IMPORT, project, read, reply, REPLAY_CONFIG, REPOSITORY, spec, step, vibe, write, type Files } from "./vibe.ts";

const ID = "src.words/shout";

function manifest(name: string, version: string, dependencies: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({ name, version, type: "module", exports: "./index.js", types: "./index.d.ts", dependencies });
}

/** `upper` needs `leaf`; only `upper` is named by the spec. */
function packages(leaf: string): Files {
  return {
    "node_modules/upper/package.json": manifest("upper", "1.0.0", { leaf: "^2.0.0" }),
    "node_modules/upper/index.js": 'import { mark } from "leaf";\nexport const upper = (text) => text.toUpperCase() + mark;\n',
    "node_modules/upper/index.d.ts": "export declare function upper(text: string): string;\n",
    "node_modules/leaf/package.json": manifest("leaf", leaf),
    "node_modules/leaf/index.js": 'export const mark = "!";\n',
    "node_modules/leaf/index.d.ts": "export declare const mark: string;\n",
  };
}

function lockfile(leaf: string): string {
  return JSON.stringify({
    name: "words",
    lockfileVersion: 3,
    packages: {
      "": { dependencies: { upper: "1.0.0" } },
      "node_modules/upper": { version: "1.0.0", integrity: "sha512-AAAA", dependencies: { leaf: "^2.0.0" } },
      "node_modules/leaf": { version: leaf, integrity: "sha512-BBBB" },
      "node_modules/unused": { version: "9.9.9", integrity: "sha512-CCCC" },
    },
  });
}

const WORDS: Files = {
  "src/words.ts": `import { upper } from "upper";\n${IMPORT}${spec("shout", "(text: string): string", [['shout("a")', '"A!"']])}`.replace("  throw", "  const loud = upper(text);\n  throw"),
  "src/main.ts": 'import { shout } from "./words.ts";\nconsole.log(shout("hi"));\n',
  "replies/src.words/shout.md": reply('import { upper } from "upper";\n\nexport function shout(text: string): string {\n  const loud = upper(text);\n  return loud;\n}'),
  "package-lock.json": lockfile("2.1.0"),
  ...packages("2.1.0"),
};

async function frozen(t: Parameters<typeof project>[0], files: Files = {}): Promise<string> {
  const folder = project(t, { ...WORDS, ...files });
  await step(folder, 0, "compile");
  await step(folder, 0, "save", "--freeze-http-deps");
  return folder;
}

function prod(folder: string): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), "src/main.ts"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, VIBESAFE_ENV: "prod" },
  });
  return { status, out: stdout, err: stderr };
}

test("a save records what the unit can reach, and no more", async (t) => {
  const folder = await frozen(t);
  const { dependencies } = JSON.parse(git(folder, "cat-file", "-p", `refs/units/${ID}:verification.json`));
  assert.deepEqual(dependencies.direct, { upper: "node_modules/upper" });
  assert.deepEqual(Object.keys(dependencies.packages).sort(), ["node_modules/leaf", "node_modules/upper"]);
  assert.deepEqual(dependencies.packages["node_modules/leaf"], { name: "leaf", version: "2.1.0", integrity: "sha512-BBBB", dependencies: {} });
  const sha256 = execFileSync("sha256sum", [join(folder, "package-lock.json")], { encoding: "utf8" }).slice(0, 64);
  assert.deepEqual(dependencies.lockfile, { uri: "package-lock.json", digest: { sha256 } });
  const bom = JSON.parse(read(folder, "vibesafe.deps.json"));
  assert.equal(bom.bomFormat, "CycloneDX");
  assert.deepEqual(bom.components.map((each: { "bom-ref": string }) => each["bom-ref"]), [`unit:${ID}`, "pkg:npm/leaf@2.1.0", "pkg:npm/upper@1.0.0"]);
  assert.deepEqual(bom.dependencies, [
    { ref: `unit:${ID}`, dependsOn: ["pkg:npm/upper@1.0.0"] },
    { ref: "pkg:npm/leaf@2.1.0", dependsOn: [] },
    { ref: "pkg:npm/upper@1.0.0", dependsOn: ["pkg:npm/leaf@2.1.0"] },
  ]);
  assert.match((await step(folder, 0, "deps", "--frozen", ID)).out, /upper {2}1\.0\.0\n.*leaf {2}2\.1\.0\n/);
  assert.equal((await step(folder, 0, "save", "--freeze-http-deps", "--json")).json().results[0].status, "unchanged");
  await step(folder, 0, "fsck");
});

test("another installed version stops production, and diff, check and deps say which", async (t) => {
  const folder = await frozen(t);
  assert.deepEqual(prod(folder), { status: 0, out: "HI!\n", err: "" });
  const before = git(folder, "rev-parse", `refs/units/${ID}`);
  write(folder, packages("2.1.1"));
  const refused = prod(folder);
  assert.equal(refused.status, 1);
  assert.equal(refused.out, "");
  assert.match(refused.err, /VibesafeHashMismatch[^]*upper > leaf: 2\.1\.0 is frozen, 2\.1\.1 is installed/);
  const { changes, status } = (await step(folder, 1, "diff", "--json")).json().units[0];
  assert.equal(status, "drift");
  assert.deepEqual(changes.map(({ text }) => text), ["Modified package: upper > leaf 2.1.0 -> 2.1.1"]);
  assert.match((await step(folder, 1, "check")).out, /upper > leaf: 2\.1\.0 is frozen, 2\.1\.1 is installed/);
  assert.match((await step(folder, 4, "deps", "--frozen", ID)).out, /2\.1\.0 is frozen, 2\.1\.1 is installed/);
  // The lock file still says the old one: what is installed is not what it says.
  assert.match((await step(folder, 1, "save", "--freeze-http-deps")).err, /upper > leaf: 2\.1\.0 is locked, 2\.1\.1 is installed/);
  write(folder, { "package-lock.json": lockfile("2.1.1") });
  await step(folder, 0, "save", "--freeze-http-deps");
  assert.equal(git(folder, "rev-parse", `refs/units/${ID}^`), before);
  assert.deepEqual(prod(folder), { status: 0, out: "HI!\n", err: "" });
  assert.match((await step(folder, 0, "diff", `${ID}~1`, ID)).out, /Modified package: leaf 2\.1\.0 \(.*\) -> 2\.1\.1|Modified package: leaf 2\.1\.0/);
  rmSync(join(folder, "node_modules/leaf"), { recursive: true });
  assert.match((await step(folder, 4, "deps", "--frozen", ID)).out, /2\.1\.1 is frozen, nothing is installed/);
  assert.equal(prod(folder).out, "");
});

test("deps = \"warn\" lets it run, and tells", async (t) => {
  const folder = await frozen(t, { "vibesafe.toml": `${REPLAY_CONFIG}[runtime]\ndeps = "warn"\n` });
  write(folder, packages("2.1.1"));
  const { status, out, err } = prod(folder);
  assert.equal(status, 0);
  assert.equal(out, "HI!\n");
  assert.match(err, /VibesafeWarning: src\.words\/shout was verified with other packages/);
  // What builds in its stead tells as well.
  const line = "src.words/shout: upper > leaf: 2.1.0 is frozen, 2.1.1 is installed";
  assert.equal((await step(folder, 0, "build")).err, `warning: ${line}\n`);
  const { warnings } = await build({ entryPoints: [join(folder, "src/main.ts")], bundle: true, write: false, platform: "node", format: "esm", plugins: [vibesafe.esbuild()], logLevel: "silent" });
  assert.deepEqual(warnings.map(({ text }) => text), [line]);
});

test("freeze = true in the configuration does the same, and a bundle carries it", async (t) => {
  const folder = project(t, { ...WORDS, "vibesafe.toml": `${REPLAY_CONFIG}[save]\nfreeze = true\n` });
  await step(folder, 0, "compile");
  await step(folder, 0, "save");
  assert.ok(existsSync(join(folder, "vibesafe.deps.json")));
  await step(folder, 0, "build");
  rmSync(join(folder, ".vibesafe"), { recursive: true });
  assert.deepEqual(prod(folder), { status: 0, out: "HI!\n", err: "" });
  write(folder, packages("2.2.0"));
  assert.match(prod(folder).err, /VibesafeHashMismatch[^]*2\.2\.0 is installed/);
});

test("without a lock file, or with one that lacks a package, nothing is saved", async (t) => {
  const folder = project(t, WORDS);
  await step(folder, 0, "compile");
  rmSync(join(folder, "package-lock.json"));
  assert.match((await step(folder, 2, "save", "--freeze-http-deps")).err, /no lock file/);
  write(folder, { "package-lock.json": '{"lockfileVersion":3,"packages":{"":{}}}' });
  assert.match((await vibe(folder, ["save", "--freeze-http-deps"])).err, /reaches the package upper, which package-lock\.json does not have/);
  assert.ok(!existsSync(join(folder, ".vibesafe/refs/units/src.words")));
});

test("the project's own endpoints and units freeze by its own lock file", { skip: !existsSync(join(REPOSITORY, "package-lock.json")) }, async () => {
  const { readLockfile } = await import("../../lib/history/lockfile.ts");
  const { graph } = await readLockfile(REPOSITORY);
  const hono = graph.packages.get(graph.resolve("", "hono") ?? "");
  assert.match(hono?.integrity ?? "", /^sha512-/);
});
