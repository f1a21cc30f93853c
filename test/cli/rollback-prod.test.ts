import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram } from "../runtime/project.ts";
import { gitSays } from "./random-store.ts";
import { DOUBLE, project, reply, vibe, write, type Ran } from "./vibe.ts";

const ID = "src.math/double";

async function run(folder: string, ...argv: string[]): Promise<Ran> {
  const ran = await vibe(folder, argv);
  assert.equal(ran.status, 0, `vibe ${argv.join(" ")}\n${ran.out}${ran.err}`);
  return ran;
}

test("a rollback is one move of one ref, needs no model and no gate, and the next production process runs the earlier code", async (t) => {
  const folder = project(t, { ...DOUBLE, "main.ts": 'import { double } from "./src/math.ts";\nconsole.log(double(21), double.toString().includes("n + n"));\n' });
  await run(folder, "compile");
  await run(folder, "save", "-m", "times", "--no-harness");
  write(folder, { "replies/src.math/double.md": reply("export function double(n: number): number {\n  return n + n;\n}") });
  await run(folder, "compile", "--force");
  await run(folder, "save", "-m", "plus", "--no-harness");
  const prod = (): string => {
    const { status, stdout, stderr } = runProgram(folder, "main.ts", { VIBESAFE_ENV: "prod" });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  };
  assert.equal(prod(), "42 true");

  // Without its replies the provider of this project can answer nothing.
  rmSync(join(folder, "replies"), { recursive: true });
  rmSync(join(folder, ".vibesafe/cache"), { recursive: true });
  const objects = gitSays(folder, ["count-objects"]).toString();
  const { out, err } = await run(folder, "rollback", "--target", ID);
  assert.match(out, /^src\.math\/double [0-9a-f]{12} -> [0-9a-f]{12} times\n$/);
  assert.equal(err, "");
  assert.equal(gitSays(folder, ["count-objects"]).toString(), objects, "no object was written");
  assert.equal(readFileSync(join(folder, `.vibesafe/logs/refs/units/${ID}`), "utf8").trim().split("\n").length, 3);
  assert.equal(prod(), "42 false");
  await run(folder, "undo");
  assert.equal(prod(), "42 true");
});
