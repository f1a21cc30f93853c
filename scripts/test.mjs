// Runs the test suite: every test/**/*.test.ts under node:test, TypeScript through tsx (Node 20 strips no types).
// One file more than there are cores runs at a time: many wait for the disk.
// `node scripts/test.mjs [--node=PATH] [folder or file …]` narrows it.
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

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
  .map((path) => relative(root, path))
  .sort();

if (files.length === 0) {
  console.error(`no test file in ${wanted.join(", ") || "test"}`);
  process.exit(1);
}
const { status } = spawnSync(
  node,
  ["--import", "tsx", "--test", "--test-reporter=spec", `--test-concurrency=${availableParallelism() + 1}`, ...files],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);
