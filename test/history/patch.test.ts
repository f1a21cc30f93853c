import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { formatStat, patchOf, type Patch } from "../../lib/history/patch.ts";
import { tempDir } from "../temp.ts";

const text = fc.array(fc.constantFrom("a\n", "b\n", "c\n", "\n", "ü 'x'\n"), { maxLength: 20 }).chain((lines) => fc.constantFrom(lines.join(""), `${lines.join("")}no line feed`));

test("git applies our diffs and gets the other version", async (t) => {
  const folder = tempDir(t);
  const file = join(folder, "f.ts");
  await fc.assert(
    fc.asyncProperty(fc.option(text, { nil: undefined }), fc.option(text, { nil: undefined }), async (before, after) => {
      const patch = await patchOf({ path: "f.ts", before, after });
      assert.equal(patch === undefined, before === after);
      // An empty file comes and goes without a line, which a plain diff cannot say.
      if (patch === undefined || (before ?? "") === (after ?? "") || before === "" || after === "") return;
      rmSync(file, { force: true });
      if (before !== undefined) writeFileSync(file, before);
      execFileSync("git", ["apply", "--unsafe-paths", "-"], { cwd: folder, input: patch.text, env: { ...process.env, GIT_CEILING_DIRECTORIES: folder } });
      if (after !== undefined) assert.equal(readFileSync(file, "utf8"), after);
      else assert.throws(() => readFileSync(file));
    }),
    { numRuns: 60 },
  );
});

test("the summary reads as git's", () => {
  const patch = (path: string, added: number, removed: number): Patch => ({ path, status: "modified", added, removed, text: "" });
  assert.deepEqual(formatStat([]), []);
  assert.deepEqual(formatStat([patch("a/impl.ts", 2, 1), patch("a/prompt.md", 0, 10)]), [" a/impl.ts   |  3 ++-", " a/prompt.md | 10 ----------", " 2 files changed, 2 insertions(+), 11 deletions(-)"]);
  assert.deepEqual(formatStat([patch("f", 1, 0)]), [" f | 1 +", " 1 file changed, 1 insertion(+)"]);
});
