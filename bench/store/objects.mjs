// Objects: writing, reading, packing and pruning, against git and isomorphic-git, on the same data, in turns.
// node bench/store/objects.mjs [all | write | read | gc] [rounds] [objects] [objects to pack]
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { history, source } from "./data.mjs";

const [section = "all", ...numbers] = process.argv.slice(2);
const [rounds = 3, count = 10_000, packed = 50_000] = numbers.map(Number);
const wanted = (name) => section === "all" || section === name;
if (!["all", "write", "read", "gc"].includes(section)) throw new Error(`no section ${section}`);
const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "vibesafe-bench-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
const env = { PATH: process.env.PATH, HOME: scratch, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

const lib = join(scratch, "lib");
const entryPoints = ["gc", "read", "store", "write"].map((name) => join(here, "../../lib/store", `${name}.ts`));
buildSync({ entryPoints, bundle: true, splitting: true, platform: "node", format: "esm", outdir: lib, outExtension: { ".js": ".mjs" } });

const sources = join(scratch, "sources");
mkdirSync(sources);
const paths = Array.from({ length: count }, (_, index) => join(sources, String(index)));
for (const [index, path] of paths.entries()) writeFileSync(path, source(index));

/** Runs git and says how many milliseconds it took. */
function git(dir, args, input = "") {
  const start = process.hrtime.bigint();
  const { status, stderr, stdout } = spawnSync("git", [`--git-dir=${dir}`, ...args], { env, input, maxBuffer: 2 ** 28 });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return { ms, text: stdout };
}

/** Runs one step in a process of its own, which prints how many milliseconds it took, without its start. */
function step(name, dir, ...args) {
  const out = execFileSync(process.execPath, [join(here, "step.mjs"), name, dir, ...args], { env: { ...env, STORE_LIB: lib }, maxBuffer: 2 ** 28 });
  return { ms: Number(out.toString()) };
}

function repository(name, format) {
  const dir = join(scratch, name);
  rmSync(dir, { recursive: true, force: true });
  execFileSync("git", ["init", "-q", "--bare", `--object-format=${format}`, dir], { env });
  return dir;
}

/** git's own loose objects, each synced before it gets its name, as ours are. */
const DURABLE = ["-c", "core.fsync=loose-object", "-c", "core.fsyncMethod=fsync", "-c", "core.looseCompression=1"];

const rows = new Map();
/** Runs the contestants of a row in turns, the order reversed every other round; the first is the reference. */
function measure(row, contestants) {
  const times = rows.get(row) ?? Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  rows.set(row, times);
  for (let round = 0; round < rounds; round += 1) {
    const order = Object.entries(contestants);
    if (round % 2 === 1) order.reverse();
    for (const [name, run] of order) times[name].push(run().ms);
  }
}

const list = `${paths.join("\n")}\n`;
const writers = {
  git: () => git(repository("git", "sha256"), [...DURABLE, "hash-object", "-w", "--stdin-paths"], list),
  "vibesafe, loose": () => step("write-loose", repository("loose", "sha256"), sources, String(count)),
  "vibesafe, writeObjects": () => step("write", repository("many", "sha256"), sources, String(count)),
  "isomorphic-git, not durable": () => step("write-isomorphic", repository("isomorphic", "sha1"), sources, String(count)),
};
if (wanted("write")) measure(`write ${count} objects of 1 KiB, durable`, writers);

/** Loose objects for the readers, made by git at once: of level 0 is what vibesafe writes, byte by byte. */
const FILLED = { git: ["sha256", 1], loose: ["sha256", 0], isomorphic: ["sha1", 1] };
function fill() {
  for (const [name, [format, level]] of Object.entries(FILLED)) {
    git(repository(name, format), ["-c", "core.fsync=none", "-c", `core.looseCompression=${level}`, "hash-object", "-w", "--stdin-paths"], list);
  }
}

function reads() {
  fill();
  const dirs = { git: join(scratch, "git"), loose: join(scratch, "loose"), isomorphic: join(scratch, "isomorphic") };
  const ids = Object.fromEntries(Object.entries(dirs).map(([name, dir]) => [name, idsOf(dir)]));
  for (const [name, text] of Object.entries(ids)) writeFileSync(join(scratch, `${name}.ids`), text);
  for (const kind of ["loose", "packed"]) {
    if (kind === "packed") {
      for (const [name, dir] of Object.entries(dirs)) {
        git(dir, ["pack-objects", "-q", join(dir, "objects/pack/pack")], ids[name]);
        git(dir, ["prune-packed"]);
      }
    }
    measure(`read and verify ${count} ${kind} objects`, {
      "git cat-file --batch": () => git(dirs.git, ["cat-file", "--batch"], ids.git),
      "git cat-file --batch --buffer": () => git(dirs.git, ["cat-file", "--batch", "--buffer"], ids.git),
      vibesafe: () => step("read", dirs.loose, join(scratch, "loose.ids")),
      "isomorphic-git": () => step("read-isomorphic", dirs.isomorphic, join(scratch, "isomorphic.ids")),
    });
  }
  const deltas = repository("deltas", "sha256");
  git(deltas, ["fast-import", "--quiet"], history(count));
  git(deltas, ["gc", "-q", "--aggressive"]);
  const text = idsOf(deltas);
  writeFileSync(join(scratch, "deltas.ids"), text);
  measure(`read and verify ${count} objects of a history, git gc --aggressive`, {
    "git cat-file --batch": () => git(deltas, ["cat-file", "--batch"], text),
    "git cat-file --batch --buffer": () => git(deltas, ["cat-file", "--batch", "--buffer"], text),
    vibesafe: () => step("read", deltas, join(scratch, "deltas.ids")),
  });
}

function idsOf(dir) {
  return git(dir, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered"]).text.toString();
}
if (wanted("read")) reads();

function bytesBelow(dir) {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

const sizes = {};
let objects = 0;
function packing() {
  const full = repository("full", "sha256");
  git(full, ["fast-import", "--quiet"], history(packed));
  const [pack] = readdirSync(join(full, "objects/pack")).filter((name) => name.endsWith(".pack"));
  const bytes = readFileSync(join(full, "objects/pack", pack));
  for (const name of readdirSync(join(full, "objects/pack"))) rmSync(join(full, "objects/pack", name), { force: true });
  git(full, ["-c", "core.fsync=none", "unpack-objects", "-q"], bytes);
  objects = git(full, ["count-objects"]).text.toString().split(" ")[0];
  sizes.loose = bytesBelow(join(full, "objects"));
  const fresh = (name) => {
    const dir = join(scratch, name);
    rmSync(dir, { recursive: true, force: true });
    cpSync(full, dir, { recursive: true });
    return dir;
  };
  measure(`gc of ${objects} loose objects`, {
    "git gc": () => {
      const dir = fresh("gc-git");
      const result = git(dir, ["-c", "gc.writeCommitGraph=false", "-c", "repack.writeBitmaps=false", "gc", "-q"]);
      sizes["git gc"] = bytesBelow(join(dir, "objects"));
      return result;
    },
    "vibesafe gc": () => {
      const dir = fresh("gc-vibesafe");
      const result = step("gc", dir);
      sizes["vibesafe gc"] = bytesBelow(join(dir, "objects"));
      git(dir, ["fsck", "--full", "--no-dangling"]);
      return result;
    },
  });
}
if (wanted("gc")) packing();

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];
const { text: version } = git(scratch, ["version"]);
console.log(`node ${process.version}, ${version.toString().trim()}, ${rounds} rounds\n`);
console.log("| | median ms | rounds | ratio to the first (median of the rounds' ratios) |\n| --- | --- | --- | --- |");
for (const [row, times] of rows) {
  const [[, reference]] = Object.entries(times);
  console.log(`| **${row}** | | | |`);
  for (const [name, list] of Object.entries(times)) {
    const ratio = median(list.map((ms, round) => ms / reference[round]));
    console.log(`| ${name} | ${median(list).toFixed(0)} | ${list.map((ms) => ms.toFixed(0)).join(", ")} | ${ratio.toFixed(2)} |`);
  }
}
if (wanted("gc")) console.log(`\n| ${objects} objects on disk | KiB | ratio to git |\n| --- | --- | --- |`);
for (const [name, size] of Object.entries(sizes)) console.log(`| ${name} | ${(size / 1024).toFixed(0)} | ${(size / sizes["git gc"]).toFixed(2)} |`);
