// What drift checks of 10,000 units cost: whole processes, in turns, against a bare `node -e 0` and `git status` on the same tree.
// Needs git and the built package. node bench/spec/run.mjs [rounds] [files]
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileOf, generate, helperOf, UNITS_PER_FILE } from "./generate.mjs";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const rounds = Number(process.argv[2] ?? 7);
const files = Number(process.argv[3] ?? 2000);
const root = mkdtempSync(join(tmpdir(), "vibesafe-bench-"));
const vibe = join(repository, "dist", "bin", "vibe.js");
const index = join(root, ".vibesafe", "cache");

/** Wall time in ms. */
function run(command, args) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8", maxBuffer: 2 ** 28 });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} exited ${status}\n${stdout.slice(0, 2000)}${stderr}`);
  return ms;
}

const node = (...args) => run(process.execPath, args);
const peak = (...args) => {
  const report = `process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS))`;
  const { stderr } = spawnSync(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(report)}`, ...args], { cwd: root, encoding: "utf8" });
  return Math.round(Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024);
};
const flip = (path, from, to) => {
  const text = readFileSync(join(root, path), "utf8");
  writeFileSync(join(root, path), text.includes(from) ? text.replace(from, to) : text.replace(to, from));
};

try {
  generate(root, files);
  mkdirSync(join(root, "node_modules"));
  symlinkSync(repository, join(root, "node_modules", "vibesafe"), "junction");
  node("--import", import.meta.resolve("tsx"), join(repository, "bench", "spec", "saves.ts"), root);
  run("git", ["init", "-q"]);
  appendFileSync(join(root, ".gitignore"), ".vibesafe/\n");
  run("git", ["add", "-A"]);
  const cases = {
    "node -e 0": () => node("-e", "0"),
    "git status": () => run("git", ["status"]),
    "tsc --noEmit": () => node(join(repository, "node_modules", "typescript", "bin", "tsc"), "--noEmit"),
    "vibe scan, cold": () => {
      rmSync(index, { recursive: true, force: true });
      return node(vibe, "scan");
    },
    "vibe status, warm": () => node(vibe, "status"),
    "vibe scan, warm": () => node(vibe, "scan"),
    "vibe scan, one file edited": () => {
      flip(fileOf(7), "value * 8", "value * 9");
      return node(vibe, "scan");
    },
    "vibe scan, one helper of a tenth of the units edited": () => {
      flip(helperOf(3), "= 1003", "= 1004");
      return node(vibe, "scan");
    },
  };
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = Object.entries(cases);
    if (round % 2 === 1) order.reverse();
    for (const [name, once] of order) {
      // Cold runs and tsc take long and vary little.
      if (round > 2 && /cold|tsc/.test(name)) continue;
      // Each case but the cold one begins with an index of the tree as it is, older than a tick of the file system's clock.
      if (name.startsWith("vibe") && !name.includes("cold")) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2100);
        node(vibe, "status");
      }
      times[name].push(once());
    }
  }
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
  const [bare, status] = [median(times["node -e 0"]), median(times["git status"])];
  console.log(`node ${process.version}, ${files * UNITS_PER_FILE} units in ${files} files, ${rounds} rounds\n`);
  console.log("| command | median ms | to `node -e 0` | beyond `node -e 0`, to `git status` |");
  console.log("| --- | --- | --- | --- |");
  for (const [name, list] of Object.entries(times)) {
    const ms = median(list);
    console.log(`| ${name} | ${ms.toFixed(0)} | ${(ms / bare).toFixed(2)} | ${((ms - bare) / status).toFixed(2)} |`);
  }
  console.log(`\npeak memory: status warm ${peak(vibe, "status")} MB`);
  rmSync(index, { recursive: true, force: true });
  console.log(`peak memory: scan cold ${peak(vibe, "scan")} MB`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
