// What the command line costs before it does anything: whole processes, against a bare `node -e 0`, in turns.
// node bench/startup.mjs [rounds]
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rounds = Number(process.argv[2] ?? 21);
const vibe = join(root, "dist", "bin", "vibe.js");
const commands = {
  "node -e 0": ["-e", "0"],
  'import "vibesafe"': ["--input-type=module", "-e", 'import "vibesafe"'],
  "vibe --version": [vibe, "--version"],
  "vibe status": [vibe, "status"],
};

const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
for (let round = -1; round < rounds; round++) {
  const order = Object.entries(commands);
  if (round % 2 !== 0) order.reverse();
  for (const [name, args] of order) {
    const start = process.hrtime.bigint();
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
    const took = Number(process.hrtime.bigint() - start) / 1e6;
    if (status !== 0) throw new Error(`${name} exited ${status}\n${stderr}`);
    if (round >= 0) times[name].push(took);
  }
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const base = times["node -e 0"];
console.log(`node ${process.version}, ${rounds} rounds\n`);
console.log("| command | median ms | ratio to `node -e 0` (median of the rounds' ratios) |");
console.log("| --- | --- | --- |");
for (const [name, list] of Object.entries(times)) {
  console.log(`| ${name} | ${median(list).toFixed(0)} | ${median(list.map((t, i) => t / base[i])).toFixed(2)} |`);
}
