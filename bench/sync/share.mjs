// Sharing: `vibe push` and `vibe clone` against `git push` and `git clone` of the same data, on the same server, in turns.
// node bench/sync/share.mjs [rounds] [saves] [new saves]; it measures dist, so `npm run build` goes first
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { saves } from "./data.mjs";

const [rounds = 3, count = 10_000, fresh = 100] = process.argv.slice(2).map(Number);
const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "vibesafe-bench-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
const env = { PATH: process.env.PATH, HOME: scratch, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.com", GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.com" };

symlinkSync(join(here, "../../node_modules"), join(scratch, "node_modules"));
buildSync({ entryPoints: { "http-host": join(here, "../../test/sync/http-host.ts"), parts: join(here, "parts.ts") }, bundle: true, splitting: true, packages: "external", platform: "node", format: "esm", outdir: join(scratch, "lib"), outExtension: { ".js": ".mjs" } });
const lib = await import(join(scratch, "lib/parts.mjs"));
writeFileSync(join(scratch, "server.mjs"), `import { serve } from "./lib/http-host.mjs";\nconst { url } = await serve({ after: () => {} }, process.argv[2]);\nconsole.log(new URL("/", url).href);\n`);

const git = (dir, args, input) => execFileSync("git", [`--git-dir=${dir}`, ...args], { env, input, maxBuffer: 2 ** 30, stdio: ["pipe", "pipe", "inherit"] });
const folder = (name) => {
  const dir = join(scratch, name);
  rmSync(dir, { recursive: true, force: true });
  return dir;
};
function repository(name, format) {
  const dir = folder(name);
  execFileSync("git", ["init", "-q", "--bare", `--object-format=${format}`, dir], { env });
  git(dir, ["config", "http.receivepack", "true"]);
  git(dir, ["config", "receive.autogc", "false"]);
  return dir;
}
/** The same saves in a store of vibesafe's and in a repository that knows SHA-1. */
function project(name, from, to, before) {
  const root = folder(name);
  mkdirSync(root);
  writeFileSync(join(root, "vibesafe.toml"), '[provider.default]\nkind = "replay"\n');
  const [store, plain] = [join(root, ".vibesafe"), join(root, "plain.git")];
  for (const [dir, format] of [[store, "sha256"], [plain, "sha1"]]) {
    if (before === undefined) execFileSync("git", ["init", "-q", "--bare", `--object-format=${format}`, dir], { env });
    else cpSync(join(before, dir === store ? ".vibesafe" : "plain.git"), dir, { recursive: true });
    git(dir, ["fast-import", "--quiet", "--force"], Buffer.concat([...saves(lib, from, to)]));
  }
  return root;
}

/** Runs a program; seconds that it and its children took, on the clock and of processor, and its largest size in MiB where it is node. */
function run(args, cwd) {
  return new Promise((done, fail) => {
    const child = spawn("bash", ["-c", 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null', "run", ...args], { env: { ...env, TIME_FILE: join(scratch, "size") }, cwd, stdio: ["ignore", "ignore", "pipe"] });
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (part) => (text += part));
    child.once("close", (status) => {
      if (status !== 0) return fail(new Error(`${args.join(" ")}: ${text}`));
      const [wall, user, system] = text.trim().split("\n").at(-1).split(" ").map(Number);
      done({ wall, cpu: user + system });
    });
  });
}
const vibe = (cwd, ...args) => run([process.execPath, "--import", join(scratch, "size.mjs"), join(here, "../../dist/bin/vibe.js"), ...args], cwd);
writeFileSync(join(scratch, "size.mjs"), 'import { writeFileSync } from "node:fs";\nprocess.once("exit", () => writeFileSync(process.env.TIME_FILE, String(Math.round(process.resourceUsage().maxRSS / 1024))));\n');
const size = () => Number(readFileSync(join(scratch, "size"), "utf8"));

const before = project("before", 0, count - fresh);
const after = project("after", count - fresh, count, before);
const server = spawn(process.execPath, [join(scratch, "server.mjs"), join(scratch, "any")], { env, stdio: ["ignore", "pipe", "inherit"] });
process.once("exit", () => server.kill());
const base = await new Promise((done) => server.stdout.setEncoding("utf8").once("data", (text) => done(text.trim())));

const rows = new Map();
function note(row, name, result) {
  const times = rows.get(row) ?? {};
  rows.set(row, times);
  (times[name] ??= []).push(result);
}

for (let round = 0; round < rounds; round += 1) {
  const steps = {
    git: async () => {
      repository("git-host", "sha1");
      const url = `${base}git-host`;
      note("first push", "git", await run(["git", `--git-dir=${join(before, "plain.git")}`, "push", "-q", url, "refs/units/*:refs/units/*"]));
      note(`push of ${fresh} saves more`, "git", await run(["git", `--git-dir=${join(after, "plain.git")}`, "push", "-q", url, "refs/units/*:refs/units/*"]));
      note("clone", "git", await run(["git", "clone", "-q", "--mirror", url, folder("git-clone")]));
    },
    vibe: async () => {
      const host = repository("vibe-host", "sha1");
      const url = `${base}vibe-host`;
      const [one, two] = [folder("one"), folder("two")];
      cpSync(before, one, { recursive: true });
      await vibe(one, "remote", "add", "origin", url);
      note("first push", "vibe", { ...(await vibe(one, "push")), mib: size() });
      cpSync(after, two, { recursive: true });
      // The same person's store, 100 saves later.
      cpSync(join(one, ".vibesafe/cache"), join(two, ".vibesafe/cache"), { recursive: true });
      cpSync(join(one, ".vibesafe/refs/remotes"), join(two, ".vibesafe/refs/remotes"), { recursive: true });
      cpSync(join(one, ".vibesafe/objects"), join(two, ".vibesafe/objects"), { recursive: true });
      cpSync(join(one, ".vibesafe/config"), join(two, ".vibesafe/config"));
      note(`push of ${fresh} saves more`, "vibe", { ...(await vibe(two, "push")), mib: size() });
      note("clone", "vibe", { ...(await vibe(scratch, "clone", url, folder("vibe-clone"))), mib: size() });
      git(host, ["fsck", "--strict", "--no-dangling"]);
      git(join(scratch, "vibe-clone/.vibesafe"), ["fsck", "--strict", "--no-dangling"]);
    },
  };
  for (const name of round % 2 === 0 ? ["git", "vibe"] : ["vibe", "git"]) await steps[name]();
}
server.kill();

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
console.log(`${count} saves, ${rounds} rounds, node ${process.versions.node}, ${execFileSync("git", ["--version"]).toString().trim()}\n`);
for (const [row, times] of rows) {
  for (const [name, list] of Object.entries(times)) {
    const [wall, cpu] = ["wall", "cpu"].map((key) => list.map((item) => item[key]));
    const [gitWall, gitCpu] = ["wall", "cpu"].map((key) => median(times.git.map((item) => item[key])));
    const ratio = name === "git" ? "" : `  ${(median(wall) / gitWall).toFixed(2)} times the clock, ${(median(cpu) / gitCpu).toFixed(2)} times the client's processor, ${median(list.map(({ mib }) => mib))} MiB`;
    console.log(`${row.padEnd(24)} ${name.padEnd(5)} ${wall.map((ms) => ms.toFixed(2)).join(" ")} s, processor ${cpu.map((ms) => ms.toFixed(2)).join(" ")} s${ratio}`);
  }
}
