import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { commandNamed } from "../../lib/cli/commands.ts";
import { takePlain } from "../../lib/cli/plain-args.ts";
import { onHistories } from "./random-store.ts";
import { vibe } from "./vibe.ts";

const RUNS = Number(process.env["VIBESAFE_RUNS"] ?? 12);

/** Commands that read plain arguments themselves, with what each may be given. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "rev-parse": ["--verify", "--quiet", "-q", "--short", "--short=9", "--all"],
  log: ["--oneline", "--graph", "-n", "--max-count", "0", "1", "2", "12"],
  show: [],
  "cat-object": ["-t", "-s", "-p", "-e", "blob", "commit", "tree"],
  "ls-tree": ["-r", "-t", "-d", "-l", "--long", "-z", "--abbrev", "--name-only", "--name-status", "--object-only", "b", "impl.ts"],
  "count-objects": ["-v", "-H", "--verbose"],
  "show-ref": ["--tags", "--heads", "--head", "--hash", "-s", "--dereference", "-d", "--verify", "--quiet", "-q", "refs/tags/v0"],
  push: ["--force-with-lease", "--dry-run", "origin"],
  fetch: ["--prune", "-p", "origin"],
};
const ODD = ["--json", "--no-color", "--nothing", "-x", "--", "-", "", "'a'", "--n=2", "-n2", "-rt", "--verify=false", "--no-verify", "-1", "007", "1e3", "HEAD", "refs/units/src.math", "^v0"];

test("arguments that are read without the parser mean what the parser makes of them", async () => {
  await onHistories(1, async (folder, { objects, commits }) => {
    const names = [...objects.slice(-2), ...commits.slice(-2), "src.math/double", "src.math/double~1", "src.math/double@{1}", "v0", "v0:impl.ts"];
    for (const [name, own] of Object.entries(COMMANDS)) {
      const word = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...own, ...names) }, { weight: 4, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.constantFrom(...ODD) });
      await fc.assert(
        fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async (args) => {
          const short = await vibe(folder, [name, ...args]);
          // What no plain argument looks like, and means nothing, goes through yargs.
          const long = await vibe(folder, [name, "--debug=false", ...args]);
          assert.deepEqual({ ...short, json: 0 }, { ...long, json: 0 }, `${name} ${args.join(" ")}`);
        }),
        { numRuns: RUNS },
      );
    }
  });
});

test("what is plain is read without the parser, and nothing else", async () => {
  const take = (args: readonly string[]): unknown => takePlain(args, ({ flag, text, count, words }) => ({ v: flag("v", "verbose"), to: text("to"), n: count("n"), words: words() }));
  assert.deepEqual(take(["a", "-v", "--to", "x", "b", "-n", "3"]), { v: true, to: "x", n: 3, words: ["a", "b"] });
  assert.deepEqual(take([]), { v: undefined, to: undefined, n: undefined, words: undefined });
  for (const odd of [["--to"], ["--to", "-v"], ["-n", "x"], ["-n", "-1"], ["-n", "01"], ["-v", "-v"], ["--"], ["-z"], ["--to=x"], [""], ['"a"'], ["a b"]]) assert.equal(take(odd), undefined, odd.join(" "));
  for (const name of Object.keys(COMMANDS)) assert.ok((await commandNamed(name)?.load())?.command.runPlain !== undefined);
});
