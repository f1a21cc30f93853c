// All gates over many units in one run, against the tools one unit at a time and against one vitest run with a file a unit.
// node bench/verify/gates.mjs [units] [sample of units for the per-unit tools] [rounds] [--no-vitest]
// Needs `npm run build`; installs vitest in a temporary folder.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const withVitest = !process.argv.includes("--no-vitest");
const [units = 1000, sample = 5, rounds = 1] = process.argv.slice(2).filter((arg) => !arg.startsWith("--")).map(Number);
const examples = (i) => [[i, 1], [2, i], [-3, 4]].map(([a, b]) => [`f${i}(${a}, ${b})`, a > b ? a * 2 + i : b - a + i]);
const implementation = (i) => `export function f${i}(a: number, b: number): number {\n  if (a > b) return a * 2 + ${i};\n  return b - a + ${i};\n}\n`;
const plain = (i) => implementation(i).replaceAll(": number", "");
const spec = (i) =>
  `import { vibesafe, VibesafeHandled } from "vibesafe";\n\n/**\n * Adds up.\n *\n${examples(i).map(([call, value]) => ` * >>> ${call}\n * ${value}\n`).join("")} */\nexport const f${i} = vibesafe.func(function f${i}(a: number, b: number): number {\n  throw new VibesafeHandled();\n});\n`;

const folder = mkdtempSync(join(tmpdir(), "vibesafe-bench-"));
const write = (name, text) => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

const vibe = join(root, "dist", "bin", "vibe.js");

try {
  write("package.json", '{ "type": "module", "private": true }\n');
  write("tsconfig.json", '{ "compilerOptions": { "strict": true, "target": "es2023", "module": "nodenext", "types": [], "skipLibCheck": true, "noEmit": true, "allowImportingTsExtensions": true }, "include": [] }\n');
  write("vitest.config.mjs", 'export default { test: { include: ["vitest/*.test.ts"] } };\n');
  for (let i = 0; i < units; i++) {
    write(`src/u${i}.ts`, spec(i));
    write(`plain/f${i}.ts`, implementation(i));
    write(`replies/src.u${i}/f${i}.md`, `\`\`\`ts\n${implementation(i)}\`\`\`\n`);
    const calls = examples(i).map(([call, value]) => `test(${JSON.stringify(call)}, () => expect(${call}).toEqual(${value}));`).join("\n");
    write(`vitest/f${i}.test.ts`, `import { expect, test } from "vitest";\nimport { f${i} } from "../plain/f${i}.ts";\n${calls}\n`);
    if (i < sample) {
      write(`node/f${i}.mjs`, plain(i));
      write(`node/f${i}.test.mjs`, `import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { f${i} } from "./f${i}.mjs";\n${examples(i).map(([call, value]) => `test(${JSON.stringify(call)}, () => assert.deepEqual(${call}, ${value}));`).join("\n")}\n`);
      write(`one/tsconfig.${i}.json`, JSON.stringify({ extends: "../tsconfig.json", files: [`../plain/f${i}.ts`] }));
    }
  }
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  if (withVitest) execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts=false", "vitest"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  symlinkSync(root, join(folder, "node_modules", "vibesafe"), "junction");

  const tool = (name, program) => join(root, "node_modules", name, program);
  const settings = (enabled, coverage) => write("vibesafe.toml", `[project]\ninclude = ["src/**/*.ts"]\n[provider.default]\nkind = "replay"\n[sandbox]\nenabled = ${enabled}\n[gates]\ncoverage = "${coverage}"\n`);
  settings(true, "show");
  console.error("compiling");
  console.error(`compiled in ${((await timed([vibe, "compile"])).ms / 1000).toFixed(1)} s`);
  const contestants = {
    "all gates, sandbox on": async () => (settings(true, "show"), gatesOf(await timed([vibe, "test", "--no-harness", "--json"]))),
    "all gates, sandbox off": async () => (settings(false, "show"), gatesOf(await timed([vibe, "test", "--no-harness", "--json"]))),
    "all gates, sandbox on, coverage off": async () => (settings(true, "off"), gatesOf(await timed([vibe, "test", "--no-harness", "--json"]))),
    [`tsc, oxlint, node --test per unit (${sample} units, scaled)`]: async () => {
      let ms = 0;
      let mb = 0;
      for (let i = 0; i < sample; i++) {
        for (const args of [[tool("typescript", "bin/tsc"), "-p", `one/tsconfig.${i}.json`], [tool("oxlint", "bin/oxlint"), `plain/f${i}.ts`], ["--test", `node/f${i}.test.mjs`]]) {
          const run = await timed(args);
          ms += run.ms;
          mb = Math.max(mb, run.mb);
        }
      }
      return { ms: (ms / sample) * units, mb };
    },
    ...(withVitest && { "one vitest run (tests alone)": async () => timed([join(folder, "node_modules", "vitest", "vitest.mjs"), "run", "--reporter=dot"]) }),
  };
  const results = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = Object.entries(contestants);
    if (round % 2 === 1) order.reverse();
    for (const [name, run] of order) {
      const result = await run();
      // Told as it comes: a run over many units takes minutes.
      console.error(`${round + 1}/${rounds} ${name}: ${result.ms.toFixed(0)} ms`);
      results[name].push(result);
    }
  }
  print(results);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Time of each gate as the verdicts tell it; gates run side by side, so they add up to more than the whole. */
function gatesOf({ out, ...run }) {
  const gates = {};
  const { results } = JSON.parse(out);
  if (results.length !== units) throw new Error(`${results.length} verdicts`);
  for (const result of results) for (const { name, durationMs } of result.gates) gates[name] = (gates[name] ?? 0) + durationMs;
  return { ...run, gates };
}

/** Runs node to its end; memory is the largest sum of resident sets of it and all that it started. */
async function timed(args) {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
  let mb = 0;
  let out = "";
  let err = "";
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => (err += text));
  const poll = setInterval(() => (mb = Math.max(mb, residentMb(child.pid))), 100);
  const code = await new Promise((resolve) => void child.on("close", resolve));
  clearInterval(poll);
  if (code !== 0) throw new Error(`${args.join(" ")} exited ${code}\n${(err + out).slice(0, 2000)}`);
  return { ms: performance.now() - begun, mb, out };
}

function residentMb(pid) {
  if (process.platform !== "linux") return 0;
  const parents = new Map();
  const pages = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\) /s, "").split(" ")[1]));
      pages.set(Number(name), Number(readFileSync(`/proc/${name}/statm`, "utf8").split(" ")[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const ours = (at) => at === pid || (parents.has(at) && parents.get(at) !== at && at > 1 && ours(parents.get(at)));
  return [...pages].reduce((sum, [at, count]) => sum + (ours(at) ? count : 0), 0) / 256;
}

function print(results) {
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
  const base = results["all gates, sandbox on"];
  const vitest = withVitest ? `, vitest ${JSON.parse(readFileSync(join(folder, "node_modules", "vitest", "package.json"), "utf8")).version}` : "";
  console.log(`node ${process.version}${vitest}, ${units} units with 3 examples each, ${availableParallelism()} cores, ${rounds} rounds\n`);
  console.log("| | ms | ms a unit | rounds | ratio to all gates, sandbox on | MiB |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const [name, list] of Object.entries(results)) {
    if (list[0].gates) console.error(name, list[0].gates);
    const ms = median(list.map((run) => run.ms));
    const ratio = median(list.map((run, i) => run.ms / base[i].ms));
    console.log(`| ${name} | ${ms.toFixed(0)} | ${(ms / units).toFixed(2)} | ${list.map((run) => run.ms.toFixed(0)).join(" ")} | ${ratio.toFixed(2)} | ${median(list.map(({ mb }) => mb)).toFixed(0)} |`);
  }
}
