// The whole path on real input, in a temporary copy of the examples: scan, compile, test, save, run in production; then production
// refuses a changed spec and a flipped byte; then a second version, and back. Exits 0 only if each step did what it says.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), "vibesafe-demo-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

for (const name of ["vibesafe.toml", "examples"]) cpSync(join(repository, name), join(folder, name), { recursive: true });
writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }\n');
mkdirSync(join(folder, "node_modules"));
symlinkSync(repository, join(folder, "node_modules", "vibesafe"), "junction");
mkdirSync(join(folder, "node_modules", "@hono"));
for (const name of ["tsx", "zod", "hono", "@hono/node-server"]) symlinkSync(join(repository, "node_modules", name), join(folder, "node_modules", name), "junction");

const paint = (style, text) => (process.stdout.isTTY ? styleText(style, text) : text);
const { NODE_ENV: _, VIBESAFE_ENV: __, ...environment } = process.env;

function fail(reason) {
  console.error(`\ndemo failed: ${reason}`);
  process.exit(1);
}

/** Runs a command, shows it and what it prints, and checks its exit status and, if given, what it must say. */
function run(shown, program, args, { status = 0, says, env = {} } = {}) {
  console.log(`\n${paint("bold", `$ ${shown}`)}`);
  const result = spawnSync(program, args, { cwd: folder, encoding: "utf8", env: { ...environment, ...env } });
  const output = `${result.stdout}${result.stderr}`;
  process.stdout.write(output.replaceAll(/^(?=.)/gm, "  "));
  if (result.status !== status) fail(`\`${shown}\` exited ${result.status}, expected ${status}`);
  if (says !== undefined && !says.test(output)) fail(`\`${shown}\` did not say ${says}`);
  return output;
}

const vibe = (args, expected) => run(`vibe ${args.join(" ")}`, process.execPath, [join(repository, "dist", "bin", "vibe.js"), ...args], expected);

/** The program in production mode. Without type stripping (Node 20) it goes through tsx. */
const app = (expected) =>
  run("VIBESAFE_ENV=prod node --import tsx examples/main.ts", process.execPath, ["--import", "tsx", "examples/main.ts"], {
    ...expected,
    env: { VIBESAFE_ENV: "prod" },
  });

const say = (text) => console.log(`\n${paint("cyan", `# ${text}`)}`);
const edit = (file, from, to) => {
  const path = join(folder, file);
  const before = readFileSync(path, "utf8");
  if (!before.includes(from)) fail(`${file} does not contain ${from}`);
  writeFileSync(path, before.replace(from, to));
  return () => writeFileSync(path, before);
};

say("Twelve specs, no code yet. A program in production mode refuses to run them.");
vibe(["scan"], { says: /examples\.quickstart\/greet/ });
app({ status: 1, says: /VibesafeCheckpointMissing/ });

say("Write the code (recorded replies), prove it, lock it.");
vibe(["compile"]);
vibe(["test"], { says: /\[PASS\] examples\.quickstart\/greet/ });
vibe(["save", "-m", "first version"]);
vibe(["status"]);

say("Production runs the verified bytes: no model, no key, no network.");
app({ says: /Hello, Ada!/ });

say("A changed spec stops production.");
const undoSpec = edit("examples/quickstart.ts", "'Hello, Ada!'", "'Good day, Ada!'");
app({ status: 1, says: /VibesafeHashMismatch/ });
vibe(["diff", "--target", "examples.quickstart/greet"], { status: 1, says: /\[DRIFT\]/ });
undoSpec();

say("So does one flipped byte in the store.");
const objects = join(folder, ".vibesafe", "objects");
const build = run(
  "git --git-dir=.vibesafe rev-parse refs/units/examples.quickstart/greet:build/impl.js",
  "git",
  ["--git-dir=.vibesafe", "rev-parse", "refs/units/examples.quickstart/greet:build/impl.js"],
).trim();
const object = join(objects, build.slice(0, 2), build.slice(2));
const bytes = readFileSync(object);
const damaged = Uint8Array.from(bytes);
damaged[damaged.length >> 1] ^= 1;
chmodSync(object, statSync(object).mode | 0o200);
writeFileSync(object, damaged);
app({ status: 1, says: /VibesafeHashMismatch|VibesafeStoreError/ });
writeFileSync(object, bytes);
app({ says: /Hello, Ada!/ });

say("A second version of the same spec: another reply, proved and saved like the first.");
edit("examples/replies/examples.quickstart/greet.md", "return `Hello, ${who", "return `${\"Hello\"}, ${who");
vibe(["compile", "--force", "--target", "examples.quickstart/greet"]);
vibe(["save", "--target", "examples.quickstart/greet", "-m", "second version"]);
vibe(["log", "--oneline", "examples.quickstart/greet"], { says: /second version[^]*first version/ });

say("Going back is one ref move: no model, no gates.");
vibe(["rollback", "--target", "examples.quickstart/greet"]);
app({ says: /Hello, Ada!/ });

say("The store is a real Git repository.");
run("git --git-dir=.vibesafe fsck --strict --full", "git", ["--git-dir=.vibesafe", "fsck", "--strict", "--full"]);
const kinds = readdirSync(objects).filter((name) => /^[0-9a-f]{2}$/.test(name)).length;
if (kinds === 0) fail("the store holds no object");
console.log(`\n${paint("green", "demo passed: each step did what it says")}`);
