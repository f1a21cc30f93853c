// What a long history costs: `log --oneline` and `rev-parse` against git on the same store, whole processes in turns; then one save and
// one load in production with 10 saves of history and with many.
// npm run build && node --import tsx bench/store/history.ts [rounds] [saves]
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { formatSaveMessage, readSave } from "../../lib/spec/checkpoint.ts";
import { formatCommit } from "../../lib/store/commit.ts";
import { hashObject, type CommitId } from "../../lib/store/id.ts";
import { readCommit } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { formatReflogEntry } from "../../lib/store/reflog.ts";
import { readRef } from "../../lib/store/refs.ts";
import type { Store } from "../../lib/store/store.ts";
import { writeObjects } from "../../lib/store/write.ts";
import { compileAll, makeProject, saveAll, type CrashProject } from "../../test/history/crash-project.ts";

const [rounds = 7, saves = 10_000] = process.argv.slice(2).map(Number);
const REF = "refs/units/m/twice";
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "vibesafe-bench-")));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", VIBESAFE_ENV: "prod" };
const dist = join(import.meta.dirname, "../../dist");

/** Puts `count` more saves on top of the active one: the same tree, each its own commit. */
function grow(store: Store, count: number): void {
  const from = readRef(store, REF);
  if (from === undefined) throw new Error(`no ${REF}`);
  const { tree, author, committer } = readCommit(store, from);
  const { unit, specHash, checkpointHash } = readSave(store, from);
  if (unit === undefined) throw new Error(`${from} is of no unit`);
  const commits: Uint8Array[] = [];
  const lines: string[] = [];
  let tip: CommitId = from;
  for (let index = 0; index < count; index += 1) {
    const payload = formatCommit({ tree, parents: [tip], author, committer: { ...committer, seconds: committer.seconds + index }, message: formatSaveMessage(`save ${index}`, { unit, specHash, checkpointHash }) });
    const id = hashObject("commit", payload);
    commits.push(payload);
    lines.push(formatReflogEntry({ from: tip, to: id, who: committer, message: `save ${index}` }));
    tip = id;
  }
  writeObjects(store, commits.map((payload) => ({ type: "commit", payload })));
  const last = lines.pop();
  appendFileSync(join(store.dir, "logs", REF), lines.join(""));
  if (last !== undefined) updateRefs(store, [{ name: REF, to: tip }], { who: committer, message: `save ${count - 1}` });
}

async function projectWith(count: number): Promise<CrashProject> {
  const root = join(scratch, String(count));
  mkdirSync(root);
  const project = await makeProject(root);
  grow(project.store, count);
  return project;
}

function run(program: string, args: readonly string[], cwd: string): { ms: number; text: string } {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(program, args, { env, cwd, encoding: "utf8", maxBuffer: 2 ** 28 });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return { ms, text: stdout };
}

const rows: { name: string; times: Map<string, number[]> }[] = [];

/** Runs the contestants of a row in turns, the order reversed every other round; the first is the reference. */
async function measure(name: string, contestants: Readonly<Record<string, () => Promise<number> | number>>): Promise<void> {
  const times = new Map<string, number[]>(Object.keys(contestants).map((who) => [who, []]));
  rows.push({ name, times });
  for (let round = -1; round < rounds; round += 1) {
    const order = Object.entries(contestants);
    if (round % 2 !== 0) order.reverse();
    for (const [who, contestant] of order) {
      const ms = await contestant();
      if (round >= 0) times.get(who)?.push(ms);
    }
  }
}

const few = await projectWith(10);
const many = await projectWith(saves);
const { root } = many.workspace.project;

for (const [args, gitArgs] of [
  [["log", "--oneline", "m/twice"], ["log", "--oneline", REF]],
  [["rev-parse", REF], ["rev-parse", REF]],
  [["rev-parse", `${REF}~${saves - 1}`], ["rev-parse", `${REF}~${saves - 1}`]],
] as const) {
  const contestants = {
    git: () => run("git", [`--git-dir=${many.store.dir}`, ...gitArgs], root),
    vibe: () => run(process.execPath, [join(dist, "bin/vibe.js"), ...args], root),
    "node -e 0": () => run(process.execPath, ["-e", "0"], root),
  };
  const lines = [contestants.git(), contestants.vibe()].map(({ text }) => text.split("\n").length);
  if (lines[0] !== lines[1]) throw new Error(`${args.join(" ")}: ${lines.join(" lines of git, ")} of vibe`);
  await measure(`${args.join(" ").replace(REF, "UNIT")}, ${saves} saves`, Object.fromEntries(Object.entries(contestants).map(([who, start]) => [who, () => start().ms])));
}

let version = 0;
const save = (project: CrashProject) => async (): Promise<number> => {
  version += 1;
  const code = version;
  await compileAll(project, (name) => `export function ${name}(n: number): number {\n  return n * ${code};\n}\n`);
  const start = process.hrtime.bigint();
  await saveAll(project);
  return Number(process.hrtime.bigint() - start) / 1e6;
};
await measure("save of two units, in the process", { "10 saves before": save(few), [`${saves} saves before`]: save(many) });

const LOAD = `
  const { load } = await import(process.argv[1]);
  const start = process.hrtime.bigint();
  await load("m/twice", process.argv[2]);
  console.log(Number(process.hrtime.bigint() - start) / 1e6);`;
const load = ({ workspace }: CrashProject) => (): number =>
  Number(run(process.execPath, ["--input-type=module", "-e", LOAD, pathToFileURL(join(dist, "lib/index.js")).href, workspace.project.root], workspace.project.root).text);
await measure("load in production, in a fresh process without its start", { "10 saves before": load(few), [`${saves} saves before`]: load(many) });

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
console.log(`node ${process.version}, ${run("git", ["version"], root).text.trim()}, ${rounds} rounds\n`);
console.log("| | median ms | ratio to the first (median of the rounds' ratios) |\n| --- | --- | --- |");
for (const { name, times } of rows) {
  const [reference = []] = times.values();
  console.log(`| **${name}** | | |`);
  for (const [who, list] of times) console.log(`| ${who} | ${median(list).toFixed(0)} | ${median(list.map((ms, round) => ms / (reference[round] ?? Number.NaN))).toFixed(2)} |`);
}
