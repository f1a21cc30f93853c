// What drift checks of 10,000 units cost: whole processes, in turns, against a bare `node -e 0`, `git status` and tsc on the same tree.
// Processor time, which a busy machine changes little, beside wall time. Needs bash, git and the built package.
// node bench/spec/run.mjs [rounds] [files]
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileOf, generate, helperOf, UNITS_PER_FILE } from "./generate.mjs";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const rounds = Number(process.argv[2] ?? 5);
const files = Number(process.argv[3] ?? 2000);
const root = mkdtempSync(join(tmpdir(), "vibesafe-bench-"));
const vibe = process.env.VIBE ?? join(repository, "dist", "bin", "vibe.js");
const cache = join(root, ".vibesafe", "cache");

/** `times` of bash tells what its children took, to the millisecond. */
const SCRIPT = '"$@" >/dev/null; status=$?; times >&2; exit $status';

/** Milliseconds: processor (user and system) and wall. */
function run(command, ...args) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync("bash", ["-c", SCRIPT, "bash", command, ...args], { cwd: root, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  const lines = stderr.trim().split("\n");
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} exited ${status}\n${stderr}`);
  const cpu = [...(lines.at(-1) ?? "").matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0);
  return { cpu, wall };
}

const node = (...args) => run(process.execPath, ...args);
/** Peak memory of a run in MiB. */
const peak = (...args) => {
  const report = `process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS))`;
  const { stderr } = spawnSync(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(report)}`, ...args], { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 });
  return Math.round(Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024);
};
const flip = (path, from, to) => {
  const text = readFileSync(join(root, path), "utf8");
  writeFileSync(join(root, path), text.includes(from) ? text.replace(from, to) : text.replace(to, from));
};
/** Longer than a tick of any file system's clock: what is younger is compared by content. */
const settle = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2100);
const WARM = ["status", "scan", "diff"];
const warmUp = (...commands) => {
  settle();
  for (const command of commands) node(vibe, command);
};

const plain = {
  "node -e 0": () => node("-e", "0"),
  "git status": () => run("git", "status"),
  ...Object.fromEntries(WARM.map((command) => [`vibe ${command}, nothing changed`, () => node(vibe, command)])),
};
/** Each begins with all that can be remembered of the tree as it is. */
const edited = {
  "vibe status, one file edited": () => flip(fileOf(7), "value * 8", "value * 9"),
  "vibe status, one helper of a tenth of the units edited": () => flip(helperOf(3), "= 1003", "= 1004"),
};

try {
  generate(root, files);
  mkdirSync(join(root, "node_modules"));
  symlinkSync(repository, join(root, "node_modules", "vibesafe"), "junction");
  node("--import", import.meta.resolve("tsx"), join(repository, "bench", "spec", "saves.ts"), root);
  run("git", "init", "-q");
  appendFileSync(join(root, ".gitignore"), ".vibesafe/\n");
  run("git", "add", "-A");
  const results = new Map();
  const note = (name, result) => results.set(name, [...(results.get(name) ?? []), result]);
  note("vibe status, cold", node(vibe, "status"));
  note("tsc --noEmit", node(join(repository, "node_modules", "typescript", "bin", "tsc"), "--noEmit"));
  warmUp(...WARM);
  for (let round = 0; round < rounds; round++) {
    const order = Object.entries(plain);
    if (round % 2 === 1) order.reverse();
    for (const [name, once] of order) note(name, once());
  }
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    for (const [name, edit] of Object.entries(edited)) {
      edit();
      note(name, node(vibe, "status"));
      warmUp("status");
    }
  }
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
  const of = (name, what) => median((results.get(name) ?? []).map((result) => result[what]));
  const [bare, git] = [of("node -e 0", "cpu"), of("git status", "cpu")];
  const most = bare + 2 * git;
  const goals = {
    ...Object.fromEntries(WARM.map((command) => [`vibe ${command}, nothing changed`, `${most.toFixed(0)}: node -e 0 and two git status`])),
    "vibe status, cold": `${files}: 1 ms a file`,
  };
  console.log(`node ${process.version}, ${files * UNITS_PER_FILE} units in ${files} files, ${rounds} rounds\n`);
  console.log("| command | processor ms | wall ms | beyond `node -e 0`, in `git status` | goal, processor ms |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const name of [...Object.keys(plain), ...Object.keys(edited), "vibe status, cold", "tsc --noEmit"]) {
    const cpu = of(name, "cpu");
    const goal = goals[name] === undefined ? "" : `${goals[name]}, ${cpu <= Number.parseInt(goals[name], 10) ? "reached" : "missed"}`;
    console.log(`| ${name} | ${cpu.toFixed(0)} | ${of(name, "wall").toFixed(0)} | ${((cpu - bare) / git).toFixed(1)} | ${goal} |`);
  }
  console.log(`\nPeak memory in MiB: nothing changed ${peak(vibe, "status")}`);
  flip(fileOf(7), "value * 8", "value * 9");
  console.log(`one file edited ${peak(vibe, "status")}`);
  rmSync(cache, { recursive: true, force: true });
  console.log(`cold ${peak(vibe, "status")}`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
