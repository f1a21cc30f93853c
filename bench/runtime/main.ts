/**
 * What production costs: units loaded and verified in a fresh process, against plain `import()` of the same generated code; calls.
 *
 *   node --import tsx bench/runtime/main.ts [rounds]
 *
 * Measures the built package: run `npm run build` before.
 */

import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeProject } from "./project.ts";

const vibe = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "dist", "bin", "vibe.js");
const rounds = Number(process.argv[2] ?? 9);
const env = { PATH: process.env["PATH"] ?? "", VIBESAFE_ENV: "prod" };

/** Runs a module's text in a fresh process in `cwd`; gives the number that it prints. */
function measure(cwd: string, text: string, mode: "prod" | "dev" = "prod"): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", text], { cwd, env: { ...env, VIBESAFE_ENV: mode }, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

/** Milliseconds that `work`, an async body, takes. */
const timed = (work: string): string => `const start = process.hrtime.bigint(); ${work}; console.log(Number(process.hrtime.bigint() - start) / 1e6);`;
const each = (count: number, what: string): string => `for (let i = 0; i < ${count}; i++) { ${what} }`;

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

/** All variants in turns, the order reversed each round. */
function compare(cwd: string, variants: Readonly<Record<string, string>>): Record<string, number[]> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    const order = Object.entries(variants);
    for (const [name, text] of round % 2 === 0 ? order : order.reverse()) {
      const took = measure(cwd, text);
      if (round >= 0) times[name]?.push(took);
    }
  }
  return times;
}

function table(times: Record<string, number[]>, base: string, show: (value: number) => string): void {
  console.log("| variant | median | ratio to the first (median of the rounds' ratios) | rounds |\n| --- | --- | --- | --- |");
  for (const [name, list] of Object.entries(times)) {
    const ratios = list.map((value, i) => value / (times[base]?.[i] ?? Number.NaN));
    console.log(`| ${name} | ${show(median(list))} | ${median(ratios).toFixed(2)} | ${list.map(show).join(" ")} |`);
  }
}

console.log(`node ${process.version}, ${process.platform} ${process.arch}, ${rounds} rounds, fresh process each`);
for (const count of [1, 100, 1000]) {
  const root = await makeProject(count);
  try {
    console.log(`\n## ${count} units, cold (ms)\n`);
    const times = compare(root, {
      "import() of the generated code": timed(each(count, `await import("./plain/u" + i + ".js")`)),
      "load(id), verified, with import of vibesafe": timed(`const { load } = await import("vibesafe"); ${each(count, `await load("src.u" + i + "/spread" + i, process.cwd())`)}`),
      "load(id), verified": `const { load } = await import("vibesafe"); ${timed(each(count, `await load("src.u" + i + "/spread" + i, process.cwd())`))}`,
      "import() of the stubs as bare functions": `await import("vibesafe"); ${timed(each(count, `await import("./bare/u" + i + ".js")`))}`,
      "import() of the compiled specs, verified": `await import("vibesafe"); ${timed(each(count, `await import("./stub/u" + i + ".js")`))}`,
    });
    // Then the same from a sealed bundle: a project with it never looks into its store.
    const built = spawnSync(process.execPath, [vibe, "build"], { cwd: root, encoding: "utf8" });
    if (built.status !== 0) throw new Error(built.stderr);
    const bundled = compare(root, {
      "import() of the generated code": timed(each(count, `await import("./plain/u" + i + ".js")`)),
      "load(id), verified, from a bundle, sources checked": `const { load } = await import("vibesafe"); ${timed(each(count, `await load("src.u" + i + "/spread" + i, process.cwd())`))}`,
    });
    rmSync(join(root, "vibesafe.toml"));
    Object.assign(
      bundled,
      compare(root, {
        "load(id), verified, from a bundle alone": `const { load } = await import("vibesafe"); ${timed(each(count, `await load("src.u" + i + "/spread" + i, process.cwd())`))}`,
      }),
    );
    rmSync(join(root, "vibesafe.bundle"));
    writeFileSync(join(root, "vibesafe.toml"), '[provider.default]\nkind = "replay"\n');
    table(times, "import() of the generated code", (ms) => ms.toFixed(2));
    console.log();
    table(bundled, "import() of the generated code", (ms) => ms.toFixed(2));
    if (count === 1000) {
      const heap = (work: string): string => `const used = () => { gc(); gc(); return process.memoryUsage().heapUsed; }; await import("vibesafe"); const all = []; const before = used(); ${work}; console.log((used() - before) / ${count});`;
      console.log(`\n## Memory a unit, ${count} units (bytes of heap)\n`);
      table(
        compare(root, {
          "import() of the generated code": heap(each(count, `all.push(await import("./plain/u" + i + ".js"))`)),
          "load(id), verified": heap(`const { load } = await import("vibesafe"); ${each(count, `all.push(await load("src.u" + i + "/spread" + i, process.cwd()))`)}`),
        }),
        "import() of the generated code",
        (bytes) => bytes.toFixed(0),
      );
      const calls = (get: string): string => `${get}; let sum = 0; for (let i = 0; i < 2e6; i++) sum += f(i, 0).length; const start = process.hrtime.bigint(); for (let i = 0; i < 5e6; i++) sum += f(i, 0).length; console.log(Number(process.hrtime.bigint() - start) / 5e6);`;
      console.log("\n## One call (ns)\n");
      table(
        compare(root, {
          "the bare function": calls(`const { spread0: f } = await import("./plain/u0.js")`),
          "through prod": calls(`const { spread0: f } = await import("./stub/u0.js")`),
          "through dev": calls(`process.env.VIBESAFE_ENV = "dev"; const { spread0: f } = await import("./stub/u0.js")`),
        }),
        "the bare function",
        (ns) => ns.toFixed(1),
      );
    }
  } finally {
    rmSync(join(root), { recursive: true, force: true });
  }
}
