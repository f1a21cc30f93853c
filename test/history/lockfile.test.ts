/**
 * One project, installed by five package managers: what they wrote (`lockfiles/`) tells of the same packages, and npm itself agrees.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { VibesafeConfigError } from "../../lib/errors.ts";
import { readLockfile, type LockGraph } from "../../lib/history/lockfile.ts";
import { parseBunLock } from "../../lib/history/lockfile/bun.ts";
import { parseNpmLock } from "../../lib/history/lockfile/npm.ts";
import { parsePnpmLock } from "../../lib/history/lockfile/pnpm.ts";
import { parseYarnLock } from "../../lib/history/lockfile/yarn.ts";
import { tempDir } from "../temp.ts";

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "lockfiles");
const MANAGERS = readdirSync(FIXTURES);

/** `name@version` of all that an import of `name` in `folder` can reach. */
function reach(graph: LockGraph, folder: string, name: string): string[] {
  const seen = new Set<string>();
  const queue = [graph.resolve(folder, name)];
  for (const key of queue) {
    const found = key === undefined ? undefined : graph.packages.get(key);
    if (key === undefined || found === undefined || seen.has(key)) continue;
    seen.add(key);
    queue.push(...Object.values(found.dependencies));
  }
  return [...seen].map((key) => graph.packages.get(key)).map((found) => `${found?.name}@${found?.version}`).sort();
}

interface Listed {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, Listed>>;
}

/** What `npm ls` says of the same lock file. */
function npmSays(path: readonly string[]): string[] {
  const tree = JSON.parse(execFileSync("npm", ["ls", "--all", "--json", "--package-lock-only", "--offline"], { cwd: join(FIXTURES, "npm"), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })) as Listed;
  // What stands elsewhere in the tree npm lists by its version alone.
  const whole = new Map<string, Listed>();
  const collect = (name: string, listed: Listed): void => {
    if (listed.dependencies !== undefined) whole.set(`${name}@${listed.version}`, listed);
    for (const [each, below] of Object.entries(listed.dependencies ?? {})) collect(each, below);
  };
  collect("", tree);
  const found = new Set<string>();
  const visit = (name: string, version: string | undefined): void => {
    if (version === undefined || found.has(`${name}@${version}`)) return;
    found.add(`${name}@${version}`);
    for (const [each, below] of Object.entries(whole.get(`${name}@${version}`)?.dependencies ?? {})) visit(each, below.version);
  };
  visit(path.at(-1) ?? "", path.reduce<Listed | undefined>((at, name) => at?.dependencies?.[name], tree)?.version);
  return [...found].sort();
}

for (const manager of MANAGERS) {
  test(`${manager}: what an import reaches`, async () => {
    const { graph } = await readLockfile(join(FIXTURES, manager));
    const send = reach(graph, "", "send");
    assert.deepEqual(send, npmSays(["send"]));
    assert.ok(send.includes("ms@2.0.0") && send.includes("ms@2.1.3"), "two versions of one package, each where it belongs");
    assert.deepEqual(reach(graph, "", "zed"), ["valibot@1.5.0"], "an alias");
    assert.deepEqual(reach(graph, "packages/a", "debug"), ["debug@2.6.9", "ms@2.0.0"], "a workspace");
    assert.equal(reach(graph, "", "no-such-package").length, 0);
    for (const { name, version, integrity } of graph.packages.values()) {
      if (version !== "") assert.match(integrity ?? "", manager === "yarn-berry" ? /^10c0\/[0-9a-f]{128}$/ : /^sha512-[A-Za-z0-9+/]+=*$/, name);
    }
  });
}

test("the integrity is the same wherever it is one of the registry's", async () => {
  const graphs = await Promise.all(MANAGERS.filter((manager) => manager !== "yarn-berry").map(async (manager) => (await readLockfile(join(FIXTURES, manager))).graph));
  const integrities = graphs.map((graph) => new Set([...graph.packages.values()].flatMap(({ name, version, integrity }) => (integrity === null ? [] : [`${name}@${version} ${integrity}`]))));
  for (const each of integrities) assert.deepEqual([...each].sort(), [...(integrities[0] ?? [])].sort());
});

test("of several lock files the one of the package manager that package.json names", async (t) => {
  const folder = tempDir(t);
  for (const manager of ["npm", "bun"]) cpSync(join(FIXTURES, manager), folder, { recursive: true });
  await assert.rejects(readLockfile(folder), (error) => error instanceof VibesafeConfigError && /package-lock\.json, bun\.lock/.test(error.message));
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as object;
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, packageManager: "bun@1.4.5" }));
  assert.equal((await readLockfile(folder)).name, "bun.lock");
});

test("no lock file, and bun's binary one, say what to run", async (t) => {
  const folder = tempDir(t);
  await assert.rejects(readLockfile(folder), (error) => error instanceof VibesafeConfigError && /npm install/.test(error.remedy));
  writeFileSync(join(folder, "bun.lockb"), "");
  await assert.rejects(readLockfile(folder), (error) => error instanceof VibesafeConfigError && /save-text-lockfile/.test(error.remedy));
});

test("garbage and damage are typed errors or another graph, never anything else", async () => {
  const parsers: readonly [string, (text: string) => LockGraph | Promise<LockGraph>][] = [
    ["npm/package-lock.json", (text) => parseNpmLock(text, "lock")],
    ["pnpm/pnpm-lock.yaml", (text) => parsePnpmLock(text, "lock")],
    ["yarn-classic/yarn.lock", (text) => parseYarnLock(text, "lock", () => ({ dependencies: { send: "^0.19.0" } }))],
    ["yarn-berry/yarn.lock", (text) => parseYarnLock(text, "lock", () => ({ dependencies: { send: "^0.19.0" } }))],
    ["bun/bun.lock", (text) => parseBunLock(text, "lock")],
  ];
  for (const [file, parse] of parsers) {
    const whole = readFileSync(join(FIXTURES, file), "utf8");
    const damaged = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.nat(whole.length).map((end) => whole.slice(0, end)),
      fc.tuple(fc.nat(whole.length), fc.nat(40), fc.string({ maxLength: 20 })).map(([at, length, text]) => whole.slice(0, at) + text + whole.slice(at + length)),
      fc.constantFrom("", "null", "[]", "{}", '{"packages":{"__proto__":{"version":"1"}}}', '{"packages":null}', "&a [*a, *a]", "__proto__:\n  x: 1\n"),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async (text) => {
        try {
          reach(await parse(text), "", "send");
        } catch (error) {
          if (!(error instanceof VibesafeConfigError)) throw error;
        }
      }),
      { numRuns: Number(process.env["VIBESAFE_RUNS"] ?? 60) },
    );
  }
});
