import assert from "node:assert/strict";
import { test } from "node:test";
import { gitSays, onHistories, play } from "./random-store.ts";
import { project, vibe } from "./vibe.ts";

function lines(text: string | Buffer): string[] {
  return text.toString().split("\n").filter((line) => line !== "");
}

test("log walks as git log walks: all units, one, a revision, a tag, in either order", async () => {
  await onHistories(4, async (folder) => {
    const refs = lines(gitSays(folder, ["for-each-ref", "--format=%(refname)", "refs/units"]));
    const tags = lines(gitSays(folder, ["for-each-ref", "--format=%(refname:short)", "refs/tags"]));
    const cases: [string[], string[]][] = [[[], refs], ...tags.map((tag): [string[], string[]] => [[tag], [tag]])];
    for (const ref of refs) cases.push([[ref.replace("refs/units/", "")], [ref]], [[`${ref}^{}`], [`${ref}^{}`]]);
    for (const [ours, theirs] of cases) {
      const { commits } = (await vibe(folder, ["log", "--json", ...ours])).json();
      assert.deepEqual(commits.map(({ id }) => id), lines(gitSays(folder, ["log", "--format=%H", ...theirs, "--"])), ours.join(" "));
      const graph = (await vibe(folder, ["log", "--json", "--graph", ...ours])).json();
      assert.deepEqual(graph.commits.map(({ id }) => id), lines(gitSays(folder, ["log", "--topo-order", "--format=%H", ...theirs, "--"])), `${ours.join(" ")} --graph`);
    }
    const limited = (await vibe(folder, ["log", "--oneline", "-n", "2"])).out;
    assert.deepEqual(lines(limited).map((line) => line.slice(0, 12)), lines(gitSays(folder, ["log", "-n", "2", "--abbrev=12", "--format=%h", ...refs, "--"])));
  });
});

test("the graph of units' own histories is git's; of merges, every commit and line is there", async (t) => {
  const folder = project(t, {});
  const save = (unit: number, merge?: number) => ({ kind: "save", unit, files: {}, later: 1, merge }) as const;
  play(folder, [save(0), save(1), save(0), save(3), save(1), save(0)]);
  const refs = lines(gitSays(folder, ["for-each-ref", "--format=%(refname)", "refs/units"]));
  const ours = (await vibe(folder, ["log", "--graph", "--oneline"])).out;
  assert.deepEqual(lines(ours).map((line) => line.slice(0, 14)), lines(gitSays(folder, ["log", "--graph", "--abbrev=12", "--format=%h", ...refs])));

  const merged = project(t, {});
  play(merged, [save(0), save(1), save(0, 1), save(1, 2), save(3, 0)]);
  const drawn = lines((await vibe(merged, ["log", "--graph", "--oneline"])).out);
  assert.equal(drawn.filter((line) => line.includes("*")).length, 5);
  for (const line of drawn) assert.match(line, /^[|\\/_ *]+(?:[0-9a-f]{12} .*)?$/);
  assert.ok(drawn.some((line) => line.includes("\\")) && drawn.some((line) => line.includes("/")));
  const full = (await vibe(merged, ["log", "--graph"])).out;
  assert.match(full, /^\* commit [0-9a-f]{64}\n\| Unit: {7}/);
});
