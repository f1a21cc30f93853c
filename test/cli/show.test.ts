import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { test } from "node:test";
import { gitSays } from "./random-store.ts";
import { DOUBLE, IMPORT, project, read, reply, spec, vibe, write, type Ran } from "./vibe.ts";

const ID = "src.math/double";

async function run(folder: string, status: number, ...argv: string[]): Promise<Ran> {
  const ran = await vibe(folder, argv);
  assert.equal(ran.status, status, `vibe ${argv.join(" ")}\n${ran.out}${ran.err}`);
  return ran;
}

test("show tells which save, model and prompt wrote a unit; diff tells two saves apart; a tag holds what was", async (t) => {
  const folder = project(t, DOUBLE);
  await run(folder, 0, "compile");
  const candidate = (await run(folder, 0, "show", `${ID}@{candidate}`)).out;
  assert.match(candidate, /^commit [0-9a-f]{64}\nUnit: {7}src\.math\/double \(candidate\)\n/);
  await run(folder, 0, "save", "-m", "one\n\nThe why of it.", "--no-harness");
  await run(folder, 0, "tag", "v1", "-m", "first");
  const commit = gitSays(folder, ["rev-parse", `refs/units/${ID}`]).toString().trim();

  const shown = (await run(folder, 0, "show", ID)).out;
  assert.match(shown, new RegExp(`^commit ${commit}\\nUnit: {7}src\\.math/double \\(active\\)\\nCheckpoint: `));
  assert.match(shown, /\nModel: {6}replay \(replay\)/);
  assert.match(shown, /\nWritten: {4}\d{4}-\S+Z, 1 attempt, vibesafe /);
  assert.match(shown, /\n {2}✓ examples \(.*\)\n {2}✓ types \(tsc .*\n {2}✓ lint \(oxlint /);
  assert.match(shown, /\n {4}one\n\n {4}The why of it\.\n\n--- checkpoint\/impl\.ts\nexport function double\(n: number\): number \{\n {2}return 2 \* n;\n\}\n\n--- checkpoint\/prompt\.md\n/);
  assert.doesNotMatch(shown, /Vibesafe-/);
  const coloured = await vibe(folder, ["show", ID], { outIsTerminal: true });
  assert.notEqual(coloured.out, shown);
  assert.equal(stripVTControlCharacters(coloured.out), shown);
  for (const name of ["src/math.ts", "src.math", commit.slice(0, 10)]) assert.equal((await run(folder, 0, "show", name)).out, shown);
  const document = JSON.parse((await run(folder, 0, "show", "--json", ID)).out);
  assert.deepEqual([document.id, document.unit, document.status, document.verified, document.message], [commit, ID, "active", true, "one\n\nThe why of it."]);
  assert.equal(document.prompt, gitSays(folder, ["show", `${commit}:checkpoint/prompt.md`]).toString());
  assert.equal(document.spec.name, "double");
  assert.equal((await run(folder, 0, "show", `${ID}:checkpoint/impl.ts`)).out, document.impl);
  assert.equal(JSON.parse((await run(folder, 0, "show", `${ID}:checkpoint/spec.cbor`)).out).name, "double");
  assert.match((await run(folder, 0, "show", `${ID}^{tree}`)).out, /^040000 tree [0-9a-f]{64}\tbuild\n/);
  assert.match((await run(folder, 0, "show", "v1")).out, new RegExp(`^snapshot [0-9a-f]{64}\\nAuthor: Ada[^]*\\n {4}first\\n\\nsrc\\.math/double {2}${commit.slice(0, 12)}\\n$`));
  for (const argv of [["show"], ["show", "src.math/none"]]) await run(folder, 2, ...argv);

  write(folder, {
    "src/math.ts": IMPORT + spec("double", "(n: number | bigint): number", [["double(2)", "4"], ["double(0)", "0"]]),
    "replies/src.math/double.md": reply("export function double(n: number | bigint): number {\n  return 2 * Number(n);\n}"),
  });
  await run(folder, 0, "compile");
  await run(folder, 0, "save", "-m", "two", "--no-harness");
  const diff = (await run(folder, 0, "diff", `${ID}~1`, ID)).out;
  assert.match(diff, /^src\.math\/double [0-9a-f]{12} -> [0-9a-f]{12}\nSpec changed:\n {2}- Modified parameter annotation: n: number -> number \| bigint\n/);
  assert.match(diff, /\n--- a\/src\.math\/double\/impl\.ts\n\+\+\+ b\/src\.math\/double\/impl\.ts\n@@ -1,3 \+1,3 @@\n-export function double\(n: number\)[^]*\n\+ {2}return 2 \* Number\(n\);\n/);
  assert.match(diff, /\n\+\+\+ b\/src\.math\/double\/prompt\.md\n/);
  for (const argv of [["diff", `${ID}~1..${ID}`], ["diff", "v1"], ["diff", "v1", ID], ["diff", `${ID}~1`], ["diff", commit, `${ID}@{0}`]]) assert.equal((await run(folder, 0, ...argv)).out, diff, argv.join(" "));
  assert.match((await run(folder, 0, "diff", "--stat", "v1")).out, /^src\.math\/double .*, spec: \d+ changes\n src\.math\/double\/impl\.ts {3}\| +4 \+\+--\n[^]* 2 files changed, \d+ insertions\(\+\), \d+ deletions\(-\)\n$/);
  const [unit] = JSON.parse((await run(folder, 0, "diff", "--json", "v1", ID)).out).units;
  assert.deepEqual([unit.id, unit.status, unit.from, unit.files.length], [ID, "modified", commit, 2]);
  assert.ok(unit.changes.some(({ field }: { field: string }) => field === "signature.parameters.n.type"));
  assert.match((await run(folder, 0, "diff", ID, `${ID}@{0}`)).out, /No difference/);
  assert.match((await run(folder, 0, "diff")).out, /No drift/, "without revisions it still looks for drift");
  assert.match((await run(folder, 0, "diff", ID)).out, /No drift/);
  await run(folder, 2, "diff", `${ID}~9`, ID);
  assert.ok(read(folder, ".vibesafe/HEAD"));
});
