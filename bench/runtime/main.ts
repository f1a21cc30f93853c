/**
 * What production costs: units loaded and verified in a fresh process, against plain `import()` of the same generated code; calls; memory;
 * the import of vibesafe alone.
 *
 *   npm run build && node --import tsx bench/runtime/main.ts [rounds] [units,…]
 *
 * Measures the built package, in processor time (user and system, of all threads) and by the clock. What `import "vibesafe"` takes is not
 * part of a load, and is measured by itself. Some three minutes for 5 rounds.
 */

import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeProject } from "./project.ts";

const vibe = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "dist", "bin", "vibe.js");
const rounds = Number(process.argv[2] ?? 5);

/** One measurement: processor time and wall clock in milliseconds, or another number twice. */
type Sample = readonly [number, number];

/** Runs a module's text in a fresh process in `cwd`; gives the two numbers that it prints. */
function measure(cwd: string, text: string): Sample {
  const env = { PATH: process.env["PATH"] ?? "", VIBESAFE_ENV: "prod" };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", text], { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const [cpu = Number.NaN, wall = Number.NaN] = stdout.split(" ").map(Number);
  return [cpu, wall];
}

/** What `work`, an async body, takes. */
const timed = (work: string): string =>
  `const cpu = process.cpuUsage(); const start = process.hrtime.bigint(); ${work}; const wall = Number(process.hrtime.bigint() - start) / 1e6; const { user, system } = process.cpuUsage(cpu); console.log((user + system) / 1e3, wall);`;
/** What the whole process takes that does `work`. */
const whole = (work: string): string => `${work}; const { user, system } = process.cpuUsage(); console.log((user + system) / 1e3, process.uptime() * 1e3);`;
const each = (count: number, what: string): string => `for (let i = 0; i < ${count}; i++) { ${what} }`;

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

type Samples = Readonly<Record<string, readonly Sample[]>>;

/** All variants in turns, the order reversed each round; the first round warms the file cache and does not count. */
function compare(cwd: string, variants: Readonly<Record<string, string>>): Samples {
  const samples: Record<string, Sample[]> = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    const order = Object.entries(variants);
    for (const [name, text] of round % 2 === 0 ? order : order.reverse()) {
      const sample = measure(cwd, text);
      if (round >= 0) samples[name]?.push(sample);
    }
  }
  return samples;
}

/** Ratios are medians of the rounds' ratios to the first variant. */
function table(samples: Samples): void {
  console.log("| variant | processor ms | ratio | wall ms | ratio |\n| --- | --- | --- | --- | --- |");
  const [first = []] = Object.values(samples);
  for (const [name, list] of Object.entries(samples)) {
    const column = (which: 0 | 1): string => {
      const ratios = list.map((sample, i) => sample[which] / (first[i]?.[which] ?? Number.NaN));
      return `${median(list.map((sample) => sample[which])).toFixed(2)} | ${median(ratios).toFixed(2)}`;
    };
    console.log(`| ${name} | ${column(0)} | ${column(1)} |`);
  }
}

/** The same for one number a sample. */
function numbers(samples: Samples, digits: number): void {
  console.log("| variant | median | ratio |\n| --- | --- | --- |");
  const [first = []] = Object.values(samples);
  for (const [name, list] of Object.entries(samples)) {
    const ratio = median(list.map(([value], i) => value / (first[i]?.[0] ?? Number.NaN)));
    console.log(`| ${name} | ${median(list.map(([value]) => value)).toFixed(digits)} | ${ratio.toFixed(2)} |`);
  }
}

function loading(root: string, count: number): void {
  const plain = timed(each(count, `await import("./plain/u" + i + ".js")`));
  const load = `const { load } = await import("vibesafe"); ${timed(each(count, `await load("src.u" + i + "/spread" + i, process.cwd())`))}`;
  const files = (folder: string): void =>
    writeFileSync(join(root, `${folder}.mjs`), Array.from({ length: count }, (_, i) => `import "./${folder}/u${i}.js";\n`).join(""));
  for (const folder of ["bare", "stub"]) files(folder);
  const specs = (folder: string): string => `await import("vibesafe"); ${timed(`await import("./${folder}.mjs")`)}`;
  console.log(`\n## ${count} units, cold\n`);
  const samples: Record<string, readonly Sample[]> = { ...compare(root, { "import() of the generated code": plain, "load(id), verified": load }) };
  const compiled = compare(root, { "import of compiled spec files, as bare functions": specs("bare"), "import of compiled spec files, verified": specs("stub") });
  // What loads with vibesafe, Node's own loader included, is there for both.
  const after = compare(root, { "import() of the generated code, vibesafe imported before": `await import("vibesafe"); ${plain}`, "load(id), verified": load });
  // Then from a sealed bundle: a project with it never looks into its store.
  const built = spawnSync(process.execPath, [vibe, "build"], { cwd: root, encoding: "utf8" });
  if (built.status !== 0) throw new Error(built.stderr);
  const beside = compare(root, { plain, "load(id) from a bundle, sources checked": load });
  rmSync(join(root, "vibesafe.toml"));
  const alone = compare(root, { plain, "load(id) from a bundle alone": load });
  rmSync(join(root, "vibesafe.bundle"));
  writeFileSync(join(root, "vibesafe.toml"), '[provider.default]\nkind = "replay"\n');
  table(samples);
  for (const each of [after, beside, alone, compiled]) {
    console.log();
    table(each);
  }
}

function importing(root: string): void {
  writeFileSync(join(root, "empty.mjs"), "");
  console.log("\n## Importing vibesafe (whole processes)\n");
  const samples = compare(root, { "import of an empty module": whole('await import("./empty.mjs")'), 'import "vibesafe"': whole('await import("vibesafe")') });
  table(samples);
  const [empty = [], vibesafe = []] = Object.values(samples).map((list) => list.map(([cpu]) => cpu));
  console.log(`\nAdds ${(median(vibesafe) - median(empty)).toFixed(1)} ms of processor time (medians), ${(Math.min(...vibesafe) - Math.min(...empty)).toFixed(1)} ms (least of each).`);
}

function memory(root: string, count: number): void {
  const heap = (work: string): string =>
    `const used = () => { gc(); gc(); return process.memoryUsage().heapUsed; }; await import("vibesafe"); const all = []; const before = used(); ${work}; const bytes = (used() - before) / ${count}; console.log(bytes, bytes);`;
  console.log(`\n## Memory a unit, ${count} units (bytes of heap)\n`);
  numbers(
    compare(root, {
      "import() of the generated code": heap(each(count, `all.push(await import("./plain/u" + i + ".js"))`)),
      "load(id), verified": heap(`const { load } = await import("vibesafe"); ${each(count, `all.push(await load("src.u" + i + "/spread" + i, process.cwd()))`)}`),
    }),
    0,
  );
}

function calling(root: string): void {
  const calls = (get: string): string =>
    `${get}; let sum = 0; for (let i = 0; i < 2e6; i++) sum += f(i, 0).length; const start = process.hrtime.bigint(); for (let i = 0; i < 5e6; i++) sum += f(i, 0).length; const ns = Number(process.hrtime.bigint() - start) / 5e6; console.log(ns, ns);`;
  console.log("\n## One call (ns)\n");
  numbers(
    compare(root, {
      "the bare function": calls(`const { spread0: f } = await import("./plain/u0.js")`),
      "through prod": calls(`const { spread0: f } = await import("./stub/u0.js")`),
      "through dev": calls(`process.env.VIBESAFE_ENV = "dev"; const { spread0: f } = await import("./stub/u0.js")`),
    }),
    1,
  );
}

console.log(`node ${process.version}, ${process.platform} ${process.arch}, ${rounds} rounds, fresh process each`);
for (const count of (process.argv[3] ?? "1,100,1000").split(",").map(Number)) {
  const root = await makeProject(count);
  try {
    if (count === 1) importing(root);
    loading(root, count);
    if (count === 1000) {
      memory(root, count);
      calling(root);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
