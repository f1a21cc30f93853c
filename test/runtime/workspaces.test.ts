/**
 * Units in the packages of a monorepo and in installed packages: each is verified by the project that its file lies in, by real path,
 * with nothing of git on the machine.
 */

import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { openProject } from "../../lib/project/project.ts";
import { makeBundle } from "../../lib/spec/make-bundle.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { transformSync } from "esbuild";
import { tempDir } from "../temp.ts";
import { CONFIG, installVibesafe, makeProject, runProgram, save, writeFiles, type Ran } from "./project.ts";

const spec = (name: string, before = "", hole = ""): string =>
  `import { vibesafe, VibesafeHandled } from "vibesafe";\n${before}\n/**\n * >>> ${name}(1)\n * 2\n */\nexport const ${name} = vibesafe.func(function ${name}(n: number): number {\n${hole}  throw new VibesafeHandled();\n});\n`;

const pack = (name: string, file: string): string => `{ "name": "${name}", "version": "1.0.0", "type": "module", "exports": "./${file}" }\n`;

const ADD = "export const add = (n: number): number => n + 1;\n";
const MORE = 'import { add } from "@x/a";\nexport function more(n: number): number {\n  const by = add;\n  return by(n) + 1;\n}\n';

const FILES = {
  "package.json": '{ "private": true, "type": "module", "workspaces": ["packages/*"] }\n',
  "packages/a/package.json": pack("@x/a", "src/ops.ts"),
  "packages/a/src/ops.ts": spec("add"),
  "packages/b/package.json": pack("@x/b", "src/ops.ts"),
  "packages/b/src/ops.ts": spec("more", 'import { add } from "@x/a";\n', "  const by = add;\n"),
  "packages/b/main.ts": `import { add } from "@x/a";
import { vibesafe } from "vibesafe";
try {
  const { more } = await import("./src/ops.ts");
  console.log(add(1), more(1), vibesafe.verify().ok, vibesafe.loaded().map(({ unit }) => unit).sort().join());
} catch (error) {
  console.log((error as Error).name, (error as Error).message.split("\\n")[0]);
}
`,
};

/** As npm lays workspaces out: the packages linked in the root's node_modules. */
function monorepo(t: { after(clean: () => void): void }, files: Readonly<Record<string, string>> = {}): string {
  const root = makeProject(t, { ...FILES, ...files });
  mkdirSync(join(root, "node_modules", "@x"));
  for (const name of ["a", "b"]) symlinkSync(join(root, "packages", name), join(root, "node_modules", "@x", name), "junction");
  return root;
}

/** No git, no home, started at the root of the file system. */
function prod(root: string, file: string, plain = false): Ran {
  return runProgram(root, file, { VIBESAFE_ENV: "prod", PATH: join(root, "nothing"), HOME: join(root, "nothing") }, { cwd: "/", plain });
}

test("workspaces with one store at the root: a unit of one package is called by a unit of the other", async (t) => {
  const root = monorepo(t);
  await save(root, "packages/a/src/ops.ts", "add", ADD);
  await save(root, "packages/b/src/ops.ts", "more", MORE);
  const { stdout, stderr } = prod(root, "packages/b/main.ts");
  assert.equal(stdout, "2 3 true packages.a.src.ops/add,packages.b.src.ops/more\n", stderr);
  // What `more` names of the other package is part of its spec.
  writeFiles(root, { "packages/a/src/ops.ts": spec("add").replace("n: number", "n: number = 1") });
  assert.match(prod(root, "packages/b/main.ts").stderr, /VibesafeHashMismatch: packages\.a\.src\.ops\/add is not the spec that was saved/);
});

test("workspaces with a store in each package: each unit is of its own project", async (t) => {
  const root = monorepo(t, { "packages/a/vibesafe.toml": CONFIG, "packages/b/vibesafe.toml": CONFIG });
  rmSync(join(root, "vibesafe.toml"));
  await save(join(root, "packages/a"), "src/ops.ts", "add", ADD);
  await save(join(root, "packages/b"), "src/ops.ts", "more", MORE);
  const { stdout, stderr } = prod(root, "packages/b/main.ts");
  assert.equal(stdout, "2 3 true src.ops/add,src.ops/more\n", stderr);
  // The store of one package is none for the other.
  rmSync(join(root, "packages/b/.vibesafe"), { recursive: true });
  assert.match(prod(root, "packages/b/main.ts").stdout, /^VibesafeCheckpointMissing src\.ops\/more has no active checkpoint/);
});

/** Two versions of a package with units of one id: one for the program, one for the package between. */
async function versions(t: { after(clean: () => void): void }): Promise<readonly string[]> {
  return Promise.all(
    [1, 2].map(async (by) => {
      const root = makeProject(t, { "package.json": pack("@x/a", "dist/ops.js"), "src/ops.ts": spec("add") });
      await save(root, "src/ops.ts", "add", ADD.replace("n + 1", `n + ${by}`));
      const { code, map } = transformSync(readFileSync(join(root, "src/ops.ts"), "utf8"), { loader: "ts", format: "esm", sourcemap: "external", sourcefile: "../src/ops.ts", sourcesContent: false });
      writeFiles(root, { "dist/ops.js": `${code}//# sourceMappingURL=ops.js.map\n`, "dist/ops.js.map": map });
      rmSync(join(root, "node_modules"), { recursive: true });
      return root;
    }),
  );
}

const USES = `import { vibesafe } from "vibesafe";
import { add } from "@x/a";
import { add as other } from "mid";
console.log(add(1), other(1), vibesafe.loaded().length);
const { ok, units } = vibesafe.verify();
console.log(ok, units.filter(({ ok }) => ok).length);
`;
const MID = { "package.json": pack("mid", "index.js"), "index.js": 'export { add } from "@x/a";\n' };

test("installed packages that ship their own store: nested, linked as pnpm does, from .vibesafe and from a bundle", async (t) => {
  const [first = "", second = ""] = await versions(t);
  const sealed = tempDir(t);
  cpSync(second, sealed, { recursive: true });
  writeFileSync(join(sealed, "vibesafe.bundle"), makeBundle(createWorkspace(openProject(sealed))).bytes);
  for (const name of [".vibesafe", "src", "vibesafe.toml", "dist/ops.js.map"]) rmSync(join(sealed, name), { recursive: true });

  const app = tempDir(t);
  writeFiles(app, { "package.json": '{ "type": "module" }\n', "main.js": USES });
  installVibesafe(app);
  const modules = join(app, "node_modules");
  const copyTo = (from: string, to: string): void => cpSync(from, to, { recursive: true });
  const nested = (): void => {
    copyTo(first, join(modules, "@x/a"));
    writeFiles(join(modules, "mid"), MID);
    copyTo(second, join(modules, "mid/node_modules/@x/a"));
  };
  const linked = (): void => {
    const store = join(modules, ".pnpm");
    copyTo(first, join(store, "@x+a@1/node_modules/@x/a"));
    copyTo(sealed, join(store, "@x+a@2/node_modules/@x/a"));
    writeFiles(join(store, "mid@1/node_modules/mid"), MID);
    const links = { [join(modules, "@x/a")]: "@x+a@1/node_modules/@x/a", [join(modules, "mid")]: "mid@1/node_modules/mid", [join(store, "mid@1/node_modules/@x/a")]: "@x+a@2/node_modules/@x/a" };
    for (const [link, target] of Object.entries(links)) {
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(store, target), link, "junction");
    }
  };
  for (const [layout, place] of [[nested, "mid/node_modules/@x/a/.vibesafe"], [linked, ".pnpm/@x+a@2/node_modules/@x/a/vibesafe.bundle"]] as const) {
    layout();
    const { stdout, stderr } = prod(app, "main.js", true);
    assert.equal(stdout, "2 3 2\ntrue 2\n", `${layout.name}: ${stderr}`);
    renameSync(join(modules, place), join(app, "gone"));
    const refused = prod(app, "main.js", true);
    assert.equal(refused.stdout, "", layout.name);
    assert.notEqual(refused.status, 0);
    for (const name of ["@x", "mid", ".pnpm"]) rmSync(join(modules, name), { recursive: true, force: true });
    rmSync(join(app, "gone"), { recursive: true });
  }
});
