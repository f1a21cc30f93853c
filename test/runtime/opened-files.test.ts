/**
 * What a start in production does to the file system, as the kernel sees it: each file is opened once, nothing is written, no folder is
 * listed.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { openProject } from "../../lib/project/project.ts";
import { makeBundle } from "../../lib/spec/make-bundle.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { gc } from "../../lib/store/gc.ts";
import { openStore } from "../../lib/store/store.ts";
import { tempDir } from "../temp.ts";
import { makeProject, save, writeFiles } from "./project.ts";

const HAS_STRACE = spawnSync("strace", ["-V"]).status === 0;

const spec = (name: string): string => `import { vibesafe, VibesafeHandled } from "vibesafe";
import { factor } from "./helper.ts";

/**
 * >>> ${name}(2)
 * 4
 */
export const ${name} = vibesafe.func(function ${name}(n: number): number {
  const by = factor;
  throw new VibesafeHandled();
});
`;

const FILES = {
  "src/a.ts": spec("double"),
  "src/b.ts": spec("twice"),
  "src/helper.ts": "export const factor = 2;\n",
  "main.js": `import { load } from "vibesafe";
const units = await Promise.all([load("src.a/double", import.meta.url), load("src.b/twice", import.meta.url)]);
console.log(units.map((unit) => unit(21)).join());
`,
};

interface Seen {
  /** Files of the project that were opened, by path from its root, in order. */
  readonly opened: readonly string[];
  readonly written: readonly string[];
  readonly listed: readonly string[];
}

/** Runs a program in production under strace, which must print 42,42. */
function traced(t: { after(clean: () => void): void }, root: string, main = "main.js"): Seen {
  const log = join(tempDir(t), "strace");
  const calls = "openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,getdents64,getdents,chmod,fchmodat,truncate,ftruncate";
  const args = ["-f", "-s", "4096", "-e", `trace=${calls}`, "-o", log, process.execPath, join(root, main)];
  const { stdout, stderr } = spawnSync("strace", args, { cwd: root, env: { PATH: process.env["PATH"], VIBESAFE_ENV: "prod" }, encoding: "utf8" });
  assert.equal(stdout, "42,42\n", stderr);
  const lines = readFileSync(log, "utf8").split("\n").filter((line) => line.includes(`"${root}`));
  const pathIn = (line: string): string => (/"([^"]+)"/.exec(line)?.[1] ?? "").slice(root.length + 1);
  const opens = lines.filter((line) => /\bopen(?:at)?\(/.test(line) && !line.includes("ENOENT"));
  return {
    opened: opens.map(pathIn),
    written: lines.filter((line) => /O_WRONLY|O_RDWR|O_CREAT|\b(?:creat|mkdir|rename|unlink|link|symlink|chmod|truncate)/.test(line)),
    listed: lines.filter((line) => /getdents|O_DIRECTORY/.test(line)).map(pathIn),
  };
}

/** What vibesafe opened: each once, with nothing written. @param folders - that are listed */
function check({ opened, written, listed }: Seen, folders: readonly string[] = [], nodes: readonly string[] = NODES): string[] {
  const ours = opened.filter((file) => !nodes.includes(file));
  assert.deepEqual(ours.filter((file, i) => ours.indexOf(file) !== i), [], "opened twice");
  assert.deepEqual([written, listed], [[], folders]);
  return ours.filter((file) => !folders.includes(file)).sort();
}

/** What node itself opens to start the program: the program, and the `package.json` files on its way. */
const NODES = ["main.js", "package.json", "node_modules/vibesafe/package.json"];

test("from the store, and from a bundle: each file once, no write, no folder listed", { skip: HAS_STRACE ? false : "needs strace" }, async (t) => {
  const root = makeProject(t, FILES);
  await saveBoth(root);
  // Of each save the commit, three trees, verification.json and build/impl.js.
  const named = check(traced(t, root)).map((file) => file.replace(/objects\/.*/, "objects/…"));
  const store = ["HEAD", "config", "refs/units/src.a/double", "refs/units/src.b/twice"].map((file) => `.vibesafe/${file}`);
  assert.deepEqual([...new Set(named)].sort(), ["vibesafe.toml", "src/a.ts", "src/b.ts", "src/helper.ts", ".vibesafe/objects/…", ...store].sort());
  assert.equal(named.filter((file) => file.endsWith("…")).length, 12);

  const { bytes } = makeBundle(createWorkspace(openProject(root)));
  writeFileSync(join(root, "vibesafe.bundle"), bytes);
  rmSync(join(root, ".vibesafe"), { recursive: true });
  assert.deepEqual(check(traced(t, root)).sort(), ["src/a.ts", "src/b.ts", "src/helper.ts", "vibesafe.bundle", "vibesafe.toml"]);
  const alone = tempDir(t);
  for (const file of ["main.js", "package.json", "node_modules", "vibesafe.bundle"]) cpSync(join(root, file), join(alone, file), { recursive: true, verbatimSymlinks: true });
  assert.deepEqual(check(traced(t, alone)), ["vibesafe.bundle"]);
});

async function saveBoth(root: string): Promise<void> {
  for (const [file, name] of [["src/a.ts", "double"], ["src/b.ts", "twice"]] as const) {
    await save(root, file, name, `export const ${name} = (n: number): number => n * 2; // ${name}\n`);
  }
}

test("from a store that is packed: its packs are found by listing their folder", { skip: HAS_STRACE ? false : "needs strace" }, async (t) => {
  const root = makeProject(t, FILES);
  await saveBoth(root);
  gc(openStore(join(root, ".vibesafe")), { packRefs: true });
  const [stem = ""] = readdirSync(join(root, ".vibesafe/objects/pack")).map((name) => name.replace(/\.\w+$/, ""));
  const store = ["HEAD", "config", "packed-refs", `objects/pack/${stem}.idx`, `objects/pack/${stem}.pack`].map((file) => `.vibesafe/${file}`);
  assert.deepEqual(check(traced(t, root), [".vibesafe/objects/pack"]), ["vibesafe.toml", "src/a.ts", "src/b.ts", "src/helper.ts", ...store].sort());
});

test("in a package of a workspace, and compiled with source maps", { skip: HAS_STRACE ? false : "needs strace" }, async (t) => {
  const main = 'import { double } from "./a.js";\nimport { twice } from "@x/b";\nconsole.log([double(21), twice(21)].join());\n';
  const root = makeProject(t, {
    "packages/a/package.json": '{ "name": "@x/a", "type": "module" }\n',
    "packages/a/src/a.ts": spec("double"),
    "packages/a/src/helper.ts": FILES["src/helper.ts"],
    "packages/a/dist/main.js": main,
    "packages/b/package.json": '{ "name": "@x/b", "type": "module", "exports": "./dist/b.js" }\n',
    "packages/b/src/b.ts": spec("twice").replace("./helper.ts", "../../a/src/helper.ts"),
  });
  mkdirSync(join(root, "node_modules/@x"));
  symlinkSync(join(root, "packages/b"), join(root, "node_modules/@x/b"), "junction");
  const compiled = ["packages/a/dist/a.js", "packages/a/dist/helper.js", "packages/b/dist/b.js"];
  for (const file of compiled) {
    const source = file.replace("dist", "src").replace(".js", ".ts");
    const options = { loader: "ts", format: "esm", sourcemap: "external", sourcefile: `../src/${basename(source)}`, sourcesContent: false } as const;
    const { code, map } = transformSync(readFileSync(join(root, source), "utf8").replace("src/helper.ts", "dist/helper.js").replace("helper.ts", "helper.js"), options);
    writeFiles(root, { [file]: `${code}//# sourceMappingURL=${basename(file)}.map\n`, [`${file}.map`]: map });
  }
  await save(root, "packages/a/src/a.ts", "double", "export const double = (n: number): number => n * 2;\n");
  await save(root, "packages/b/src/b.ts", "twice", "export const twice = (n: number): number => n + n;\n");
  const seen = traced(t, root, "packages/a/dist/main.js");
  // Node reads a script, and so do we, for the name of its source map.
  const scripts = ["packages/a/dist/a.js", "packages/b/dist/b.js"];
  for (const script of scripts) assert.equal(seen.opened.filter((file) => file === script).length, 2, script);
  const nodes = [...NODES, ...scripts, "packages/a/dist/main.js", "packages/a/dist/helper.js", "packages/a/package.json", "packages/b/package.json", "node_modules/@x/b/package.json"];
  const ours = check(seen, [], nodes).map((file) => file.replace(/objects\/.*/, "objects/…"));
  const store = ["HEAD", "config", "refs/units/packages.a.src.a/double", "refs/units/packages.b.src.b/twice"].map((file) => `.vibesafe/${file}`);
  const sources = ["packages/a/dist/a.js.map", "packages/a/src/a.ts", "packages/a/src/helper.ts", "packages/b/dist/b.js.map", "packages/b/src/b.ts"];
  assert.deepEqual([...new Set(ours)].sort(), ["vibesafe.toml", ".vibesafe/objects/…", ...sources, ...store].sort());
  assert.equal(ours.filter((file) => file.endsWith("…")).length, 12);
});

test("on a read-only file system", { skip: process.platform === "win32" ? "needs permissions" : false }, async (t) => {
  const root = makeProject(t, { ...FILES, "main.js": FILES["main.js"].replace(/, load\("src\.b[^)]+\)/, "") });
  await save(root, "src/a.ts", "double", "export const double = (n: number): number => n * 2;\n");
  const parts = spawnSync("find", [root, "-not", "-type", "l"], { encoding: "utf8" }).stdout.trim().split("\n");
  // Root may write everywhere all the same: there a mount of its own is read-only.
  const run = [process.execPath, join(root, "main.js")];
  const mounted = ["unshare", "-m", "--", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && ! touch "$0/x" 2>/dev/null && exec "$@"', root, ...run];
  const options = { cwd: "/", env: { PATH: process.env["PATH"], VIBESAFE_ENV: "prod" }, encoding: "utf8" } as const;
  const isRoot = process.getuid?.() === 0 && spawnSync("unshare", ["-m", "true"]).status === 0;
  const [command = "", ...args] = isRoot ? mounted : run;
  for (const path of [...parts].reverse()) chmodSync(path, 0o555);
  const { stdout, stderr } = spawnSync(command, args, options);
  for (const path of parts) chmodSync(path, 0o755);
  assert.equal(stdout, "42\n", stderr);
});
