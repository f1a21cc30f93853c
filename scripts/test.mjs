// Runs the test suite: every test/**/*.test.ts under node:test, TypeScript through tsx (Node 20 strips no types).
// Up to four neighbours share a process: starting one costs more than most files take. One process more than there are cores runs at a
// time: many wait for the disk.
// `node scripts/test.mjs [--node=PATH] [folder or file …]` narrows it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const MOST_IN_A_PROCESS = 4;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const node = args.find((arg) => arg.startsWith("--node="))?.slice("--node=".length) ?? process.execPath;
const wanted = args.filter((arg) => !arg.startsWith("--node="));

const files = (wanted.length > 0 ? wanted : ["test"])
  .map((path) => join(root, path))
  .flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name))
      : [path],
  )
  .filter((path) => path.endsWith(".test.ts"))
  .sort();

if (files.length === 0) {
  console.error(`no test file in ${wanted.join(", ") || "test"}`);
  process.exit(1);
}

/** @type {string[][]} */
const groups = [];
for (const file of files) {
  const last = groups.at(-1);
  if (last !== undefined && last.length < MOST_IN_A_PROCESS && dirname(last[0]) === dirname(file)) last.push(file);
  else groups.push([file]);
}

const entries = mkdtempSync(join(tmpdir(), "vibesafe-tests-"));
const paths = groups.map((group) => {
  // What a failure is filed under: the folder and the files.
  const names = group.map((file) => basename(file, ".test.ts"));
  const path = join(entries, `${relative(root, dirname(group[0]))}--${names.join("-")}.mjs`.replaceAll(/[\\/]/g, "-"));
  writeFileSync(path, group.map((file) => `await import(${JSON.stringify(pathToFileURL(file).href)});\n`).join(""));
  return path;
});
try {
  const { status } = spawnSync(
    node,
    ["--import", "tsx", "--test", "--test-reporter=spec", `--test-concurrency=${availableParallelism() + 1}`, ...paths],
    { cwd: root, stdio: "inherit" },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(entries, { recursive: true, force: true });
}
