/** What `vibe install` sets up in a clone: it is there, it works, it goes again, and what belonged to others is untouched. */

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { vibe, write } from "../cli/vibe.ts";
import { tempDir } from "../temp.ts";
import { activeOf, COMMAND, copyOf, git, must, repository, saveAs, step, writeSave } from "./repository.ts";

// Made once; each test works on a copy.
const cleanUps: (() => void)[] = [];
let first = "";
before(async () => {
  first = await repository({ after: (work) => void cleanUps.push(work) });
});
after(() => {
  for (const work of cleanUps) work();
});

interface Installed {
  readonly steps: readonly { readonly what: string; readonly status: string; readonly detail: string }[];
}

const statuses = (text: string): string[] => [...new Set((JSON.parse(text) as Installed).steps.map(({ status }) => status))];

test("installing twice changes nothing, and uninstalling leaves the repository as it was", async (t) => {
  const folder = copyOf(t, first, "main");
  const state = (): string[] => [".git/config", ".git/info/attributes", ".git/hooks/pre-push"].map((name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "(none)"));
  const installed = state();
  const config = must(folder, "config", "--list", "--local");
  assert.match(config, /merge\.vibesafe\.driver=.* merge-driver %O %A %B %P/);
  assert.deepEqual(statuses((await step(folder, "install", "--command", COMMAND, "--json")).out), ["unchanged"]);
  assert.deepEqual(state(), installed);
  assert.equal(must(folder, "status", "--porcelain"), "", "nothing of it is tracked");
  assert.match(must(folder, "check-attr", "merge", "--", ".vibesafe/refs/units/a/b"), /vibesafe$/);
  assert.match(must(folder, "check-attr", "diff", "--", ".vibesafe/objects/pack/pack-1.pack"), /unset$/);

  write(folder, { ".git/hooks/pre-push": "#!/bin/sh\necho theirs: $1; cat > seen\n" });
  chmodSync(join(folder, ".git/hooks/pre-push"), 0o755);
  const dry = await step(folder, "install", "--hooks", "--dry-run", "--command", COMMAND);
  assert.match(dry.out, /hook pre-push +written .*before-vibesafe[^]*nothing was changed/);
  assert.match(state()[2] ?? "", /theirs/);
  await step(folder, "install", "--hooks", "--command", COMMAND);
  assert.match(state()[2] ?? "", /vibe install --uninstall/);
  await step(folder, "install", "--uninstall");
  assert.deepEqual(state().slice(1), ["(none)", "#!/bin/sh\necho theirs: $1; cat > seen\n"]);
  assert.doesNotMatch(must(folder, "config", "--list", "--local"), /vibesafe/);
  assert.deepEqual(statuses((await step(folder, "install", "--uninstall", "--json")).out), ["unchanged"]);
});

test("a folder of hooks that a hook manager owns is left alone, and the line to add is told", async (t) => {
  const folder = copyOf(t, first, "main");
  must(folder, "config", "core.hooksPath", ".husky/_");
  mkdirSync(join(folder, ".husky/_"), { recursive: true });
  const { status, out } = await vibe(folder, ["install", "--hooks", "--command", "npx vibe"]);
  assert.equal(status, 1);
  assert.match(out, /! hook post-merge +by-hand +core\.hooksPath leads to .*: add the line `npx vibe hook post-merge "\$@"`/);
  assert.ok(!existsSync(join(folder, ".husky/_/post-merge")));
});

test("git diff shows saves, specs and objects as text", async (t) => {
  const folder = copyOf(t, first, "main");
  await writeSave(folder, "Bob", "double", "n + n", 1_800_000_000);
  const working = must(folder, "diff", "--", ".vibesafe/refs");
  assert.match(working, /^-author Ada <ada@example.org>, 2023-11-14T22:13:20\+00:00$/m);
  assert.match(working, /^\+author Bob <ada@example.org>, 2027-01-15T08:00:00\+00:00$/m);
  assert.match(working, /^-  return 2 \* n;\n\+  return n \+ n;$/m);
  must(folder, "add", "-A");
  const staged = must(folder, "diff", "--cached", "--", ".vibesafe/objects");
  assert.match(staged, /^\+blob [0-9a-f]{64}\n\+export function double/m);
  assert.match(staged, /^\+tree [0-9a-f]{64}\n\+100644 blob [0-9a-f]{64}\timpl\.ts$/m);
  // A spec: CBOR, as JSON.
  const spec = must(folder, "--git-dir=.vibesafe", "rev-parse", "refs/units/src.math/double:checkpoint/spec.cbor");
  const shown = await step(folder, "textconv", `.vibesafe/objects/${spec.slice(0, 2)}/${spec.slice(2)}`);
  assert.match(shown.out, /^blob [0-9a-f]{64}\n\{\n(?:.*\n)*? {2}"name": "double"/);
  // Of a save that is in no working tree: git has it.
  must(folder, "commit", "-q", "-m", "second");
  const second = activeOf(folder, "double");
  must(folder, "checkout", "-q", "HEAD~1");
  assert.match(must(folder, "diff", "HEAD", "main", "--", ".vibesafe/refs"), new RegExp(`^\\+save ${second}$`, "m"));
});

test("pre-push refuses a save that was not committed, and hands its input on to the hook that was there", async (t) => {
  const folder = copyOf(t, first, "main");
  write(folder, { ".git/hooks/pre-push": '#!/bin/sh\ncat > "$(git rev-parse --git-dir)/seen"\n' });
  chmodSync(join(folder, ".git/hooks/pre-push"), 0o755);
  await step(folder, "install", "--hooks", "--command", COMMAND);
  const remote = tempDir(t);
  must(remote, "init", "-q", "--bare");
  must(folder, "remote", "add", "origin", remote);
  const fine = git(folder, "push", "-q", "origin", "main");
  assert.equal(fine.status, 0, fine.out);
  assert.match(readFileSync(join(folder, ".git/seen"), "utf8"), /^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}\n/);

  // The ref is committed, what it leads to is not.
  await writeSave(folder, "Bob", "double", "n + n", 1_800_000_000);
  must(folder, "commit", "-q", "-m", "half", "--", ".vibesafe/refs");
  const half = git(folder, "push", "-q", "origin", "main");
  assert.notEqual(half.status, 0);
  assert.match(half.out, /refs\/units\/src\.math\/double needs object [0-9a-f]{64}, which the commit does not hold: `git add` the store/);
  must(folder, "add", "-A");
  must(folder, "commit", "-q", "-m", "whole");
  assert.equal(git(folder, "push", "-q", "origin", "main").status, 0);

  const source = readFileSync(join(folder, "src/math.ts"), "utf8");
  writeFileSync(join(folder, "src/math.ts"), source.replace("What double does.", "Twice a number."));
  must(folder, "commit", "-qam", "another spec");
  const drifted = git(folder, "push", "-q", "origin", "main");
  assert.notEqual(drifted.status, 0);
  assert.match(drifted.out, /1 unit not saved for the present spec: src\.math\/double; `vibe status`/);
});

test("post-merge verifies what came in, writes reflogs, keeps what gave way, and warns of drift", async (t) => {
  const folder = copyOf(t, first, "main");
  await step(folder, "install", "--hooks", "--command", COMMAND);
  must(folder, "checkout", "-q", "-b", "bob");
  await saveAs(folder, "Bob", "double", "n + n", 1_800_000_000);
  const bob = activeOf(folder, "double");
  must(folder, "checkout", "-q", "main");
  await saveAs(folder, "Cyd", "double", "n + n", 1_900_000_000);
  const cyd = activeOf(folder, "double");
  must(folder, "checkout", "-q", "bob");
  rmSync(join(folder, ".vibesafe/logs"), { recursive: true });
  const merged = git(folder, "merge", "-m", "m", "main");
  assert.equal(merged.status, 0, merged.out);
  assert.equal(activeOf(folder, "double"), bob);
  assert.notEqual(bob, cyd);
  // Bob's went first; Cyd's is the same checkpoint and stays reachable through the log.
  assert.equal((await step(folder, "rev-parse", "src.math/double@{1}")).out.trim(), cyd);

  must(folder, "checkout", "-q", "-b", "lossy");
  const tree = must(folder, "--git-dir=.vibesafe", "rev-parse", "refs/units/src.math/triple^{tree}");
  must(folder, "rm", "-q", `.vibesafe/objects/${tree.slice(0, 2)}/${tree.slice(2)}`);
  must(folder, "commit", "-qam", "an object less");
  must(folder, "checkout", "-q", "bob");
  const lossy = git(folder, "merge", "lossy");
  assert.match(lossy.out, new RegExp(`${tree}: .*restore it with .git checkout ORIG_HEAD -- \\.vibesafe/objects`));
});
