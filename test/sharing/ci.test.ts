/** The files of `vibe init --ci`, parsed, and every step of them run as its server runs it. */

import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { CI_FILES, CI_NAMES } from "../../lib/cli/ci-files.ts";
import { read, REPOSITORY, vibe, write } from "../cli/vibe.ts";
import { tempDir } from "../temp.ts";
import { must, repository, run, saveAs, type Gave } from "./repository.ts";

type Test = Parameters<typeof repository>[0];

/** A saved project on a branch, as a server checks it out: with what was fetched of the target branch. */
async function checkedOut(t: Test): Promise<string> {
  const folder = await repository(t);
  write(folder, {
    "package-lock.json": '{ "name": "app", "lockfileVersion": 3, "requires": true, "packages": { "": { "name": "app" } } }\n',
    "package.json": '{ "name": "app", "type": "module", "private": true }\n',
    "src/main.ts": 'import { double } from "./math.ts";\nconsole.log(double(21), process.env.VIBESAFE_ENV);\n',
  });
  for (const name of CI_NAMES) assert.equal((await vibe(folder, ["init", "--ci", name])).status, 0);
  must(folder, "add", "-A");
  must(folder, "commit", "-q", "-m", "ci");
  must(folder, "update-ref", "refs/remotes/origin/main", "main");
  must(folder, "checkout", "-q", "-b", "feature");
  await saveAs(folder, "Bob", "double", "n + n", 1_800_000_000);
  return folder;
}

/** As `npm ci` leaves it where vibesafe is a dependency. */
function installPackage(folder: string): void {
  const modules = join(folder, "node_modules");
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(join(modules, ".bin"), { recursive: true });
  symlinkSync(REPOSITORY, join(modules, "vibesafe"), "junction");
  symlinkSync(join("..", "vibesafe", "dist", "bin", "vibe.js"), join(modules, ".bin", "vibe"));
}

/** One outcome a command and state of the project: what two servers both run is run once. */
const outcomes = new Map<string, Gave>();

function shell(folder: string, command: string, env: Readonly<Record<string, string>> = {}): Gave {
  const key = JSON.stringify([must(folder, "rev-parse", "HEAD^{tree}"), must(folder, "status", "--porcelain"), command, env]);
  // npm's cache lies where git looks at nothing, or it would be another state of the project.
  const known = outcomes.get(key) ?? run(folder, "bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", command], { npm_config_cache: join(folder, "node_modules", ".npm"), ...env });
  outcomes.set(key, known);
  return known;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

let shared: string | undefined;
const project = async (t: Test): Promise<string> => {
  if (shared === undefined) {
    const folder = await checkedOut({ after: () => undefined });
    installPackage(folder);
    shared = folder;
  }
  const copy = tempDir(t);
  cpSync(shared, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
};
test.after(() => {
  if (shared !== undefined) rmSync(shared, { recursive: true, force: true });
});

const DRIFT = (folder: string): void => writeFileSync(join(folder, "src/math.ts"), read(folder, "src/math.ts").replace("What double does.", "Twice a number."));

/** A program of the server's that notes what it is called with. */
function fake(t: Test, name: string, script: string): string {
  const bin = tempDir(t);
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}`);
  chmodSync(join(bin, name), 0o755);
  return `${bin}:${process.env["PATH"] ?? ""}`;
}

test("GitHub: the workflow is pinned and asks for little; each step of the action passes, and fails on drift", async (t) => {
  const folder = await project(t);
  const workflow = parse(read(folder, ".github/workflows/vibesafe.yml")) as { permissions: unknown; jobs: { vibesafe: { steps: Step[] } } };
  assert.deepEqual(workflow.permissions, { contents: "read", "pull-requests": "write" });
  const { steps } = workflow.jobs.vibesafe;
  for (const { uses } of steps) assert.match(uses ?? "./", /^\.\/|@[0-9a-f]{40}$/);
  for (const { run: command } of steps) if (command !== undefined) assert.equal(shell(folder, command).status, 0, command);
  installPackage(folder);

  const action = parse(read(folder, ".github/actions/vibesafe/action.yml")) as { runs: { using: string; steps: Step[] } };
  assert.equal(action.runs.using, "composite");
  assert.ok(existsSync(join(folder, steps.at(-1)?.uses ?? "", "action.yml")));
  const temp = tempDir(t);
  const path = fake(t, "gh", `case "$*" in *--paginate*) cat "$GH_KNOWN" ;; *) echo "$*" >> "$GH_LOG"; cp "\${7#body=@}" "$GH_BODY" ;; esac\n`);
  const server = { PATH: path, RUNNER_TEMP: temp, GITHUB_STEP_SUMMARY: join(temp, "summary.md"), GITHUB_REPOSITORY: "o/r", GH_LOG: join(temp, "log"), GH_KNOWN: join(temp, "known"), GH_BODY: join(temp, "body") };
  const expressions: Readonly<Record<string, string>> = { "inputs.token": "t", "github.base_ref": "main", "github.event.pull_request.number": "7", "inputs.comment": "true" };
  const runStep = ({ run: command = "", env = {}, shell: program }: Step): Gave => {
    assert.equal(program, "bash", "a composite step names its shell");
    assert.doesNotMatch(command, /\$\{\{/, "nothing from outside is written into a command");
    const filled = Object.entries(env).map(([key, value]) => [key, value.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, name: string) => expressions[name] ?? assert.fail(name))]);
    return shell(folder, command, filled.length === 0 ? {} : { ...server, ...Object.fromEntries(filled) });
  };
  writeFileSync(server.GH_KNOWN, "");
  for (const step of action.runs.steps) {
    const { status, out } = runStep(step);
    assert.equal(status, 0, `${step.run}\n${out}`);
  }
  assert.match(readFileSync(server.GH_LOG, "utf8"), /^api --silent --method POST repos\/o\/r\/issues\/7\/comments --field body=@/);
  assert.match(readFileSync(server.GH_BODY, "utf8"), /^<!-- vibesafe diff -->\n### vibesafe: 1 of 2 units changed[^]*^\+  return n \+ n;$/m);
  assert.equal(readFileSync(server.GITHUB_STEP_SUMMARY, "utf8"), readFileSync(server.GH_BODY, "utf8"));

  DRIFT(folder);
  writeFileSync(server.GH_KNOWN, "41\n");
  const failed = action.runs.steps.filter((step) => runStep(step).status !== 0).map(({ run: command }) => command?.trim());
  assert.deepEqual(failed, ["./node_modules/.bin/vibe diff", "./node_modules/.bin/vibe check", "./node_modules/.bin/vibe save --dry-run"]);
  assert.match(readFileSync(server.GH_LOG, "utf8"), /\napi --silent --method PATCH repos\/o\/r\/issues\/comments\/41 --field body=@/);
  assert.match(readFileSync(server.GH_BODY, "utf8"), /<code>src\.math\/double<\/code> drift/);
});

test("GitLab: each line of the script passes, and the note is posted where there is a token", async (t) => {
  const folder = await project(t);
  const { vibesafe: job } = parse(read(folder, ".gitlab-ci.yml")) as { vibesafe: { script: string[]; after_script: string[]; artifacts: { reports: { junit: string } } } };
  for (const line of job.script) {
    const { status, out } = shell(folder, line);
    assert.equal(status, 0, `${line}\n${out}`);
  }
  assert.match(read(folder, job.artifacts.reports.junit), /^<\?xml[^]*<testcase /);
  const log = join(tempDir(t), "log");
  const env = { PATH: fake(t, "curl", `printf '%s\\n' "$@" > "${log}"\n`), CI_API_V4_URL: "https://gitlab.example/api/v4", CI_PROJECT_ID: "3", CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" };
  const note = job.after_script[0] ?? "";
  assert.equal(run(folder, "sh", ["-ec", note], { ...env, CI_MERGE_REQUEST_IID: "", VIBESAFE_TOKEN: "" }).status, 0);
  assert.ok(!existsSync(log));
  assert.equal(run(folder, "sh", ["-ec", note], { ...env, CI_MERGE_REQUEST_IID: "5", VIBESAFE_TOKEN: "t" }).status, 0);
  assert.match(readFileSync(log, "utf8"), /body@vibesafe\.md\nhttps:\/\/gitlab\.example\/api\/v4\/projects\/3\/merge_requests\/5\/notes\n$/);
  assert.match(read(folder, "vibesafe.md"), /### vibesafe: 1 of 2 units changed/);
});

test("pre-commit: each entry passes, and drift keeps the commit from being made", async (t) => {
  const folder = await project(t);
  const { repos } = parse(read(folder, ".pre-commit-config.yaml")) as { repos: { hooks: { entry: string }[] }[] };
  const entries = repos.flatMap(({ hooks }) => hooks.map(({ entry }) => entry));
  assert.equal(entries.length, 2);
  for (const entry of entries) assert.equal(shell(folder, entry).status, 0);
  assert.equal(statSync(join(folder, ".githooks/pre-commit")).mode & 0o111, 0o111);
  must(folder, "config", "core.hooksPath", ".githooks");
  must(folder, "commit", "-q", "--allow-empty", "-m", "fine");
  DRIFT(folder);
  assert.notEqual(run(folder, "git", ["commit", "-qam", "drift"]).status, 0);
  assert.match(must(folder, "log", "-1", "--format=%s"), /^fine$/);
});

test("Docker: the build needs no network and no key, and the image runs in production, which refuses drift", async (t) => {
  const folder = await project(t);
  const lines = read(folder, "Dockerfile").replaceAll("\\\n", " ").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const instructions = lines.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const);
  assert.deepEqual(instructions.map(([name]) => name), ["FROM", "WORKDIR", "COPY", "ENV", "RUN", "USER", "CMD"]);
  assert.ok(!instructions.some(([, rest]) => /key|token|secret/i.test(rest)));
  const argument = (name: string): string => instructions.find(([instruction]) => instruction === name)?.[1] ?? "";
  write(folder, { ".env": "OPENAI_API_KEY=x\n", "src/.env.local": "KEY=x\n" });

  const image = tempDir(t);
  const ignored = read(folder, ".dockerignore").trim().split("\n");
  assert.equal(argument("COPY"), ". .");
  cpSync(folder, image, { recursive: true, verbatimSymlinks: true, filter: (source) => !ignored.some((rule) => ignores(rule, source.slice(folder.length + 1))) });
  for (const name of [".git", ".env", "src/.env.local", ".vibesafe/logs"]) assert.ok(!existsSync(join(image, name)), name);
  // No docker here: each command in an empty network, with the environment that the image gives it and no more.
  const [key = "", value = ""] = argument("ENV").split("=");
  const isolated = run(image, "unshare", ["-rn", "true"]).status === 0;
  if (!isolated) t.diagnostic("no user namespaces here: the network was not taken away");
  const inImage = (...words: readonly string[]): Gave => run(image, isolated ? "unshare" : "env", [...(isolated ? ["-rn", "env"] : []), "-i", `PATH=${process.env["PATH"] ?? ""}`, `${key}=${value}`, ...words]);
  const built = inImage("/bin/sh", "-c", argument("RUN"));
  assert.equal(built.status, 0, built.out);
  const [program, ...args] = JSON.parse(argument("CMD")) as string[];
  assert.equal(program, "node");
  // Node 22.18 and newer strip types themselves.
  const started = inImage(process.execPath, "--import", fileURLToPath(import.meta.resolve("tsx")), ...args);
  assert.equal(started.out.trim(), "42 prod");
  DRIFT(image);
  assert.match(inImage(process.execPath, "--import", fileURLToPath(import.meta.resolve("tsx")), ...args).out, /VibesafeHashMismatch/);
});

/** The rules that we write: a path, `*` within a name, and a leading `**` for any folder (docs.docker.com, ".dockerignore file"). */
function ignores(rule: string, path: string): boolean {
  const pattern = rule.replace(/^\*\*\//, "").replaceAll(/[.]/g, "\\.").replaceAll("*", "[^/]*");
  return new RegExp(`^${rule.startsWith("**/") ? "(?:.*/)?" : ""}${pattern}(?:/|$)`).test(path);
}

test("init --ci writes over nothing, and docs/ci.md shows what it writes", async (t) => {
  const folder = await project(t);
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  rmSync(join(folder, ".dockerignore"));
  const { status, out, err } = await vibe(folder, ["init", "--ci", "docker"]);
  assert.deepEqual([status, out], [1, "created .dockerignore\n"]);
  assert.match(err, /Dockerfile is there already and stays as it is/);
  assert.equal(read(folder, "Dockerfile"), "FROM scratch\n");
  const page = read(REPOSITORY, "docs/ci.md");
  for (const [path, text] of Object.values(CI_FILES).flatMap((files) => Object.entries(files))) assert.ok(page.includes(`\n${text}\`\`\``), `${path} differs`);
});
