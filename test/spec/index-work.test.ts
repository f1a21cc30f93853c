/**
 * What a run with an index does not do again, and two processes that use one index at once.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openProject } from "../../lib/project/project.ts";
import { openProjectIndex } from "../../lib/spec/project-index.ts";
import { createWorkspace, type Workspace } from "../../lib/spec/workspace.ts";
import { tempDir } from "../temp.ts";
import { FILES, newProject, pause } from "./edits.ts";
import { unitFile } from "./projects.ts";

/** The files that a run reads or parses, with every hash asked for. */
function work(root: string): { readonly parsed: readonly string[]; readonly read: readonly string[]; readonly hashes: readonly string[] } {
  const parsed = new Set<string>();
  const read = new Set<string>();
  const inner = createWorkspace(openProject(root));
  const workspace: Workspace = {
    ...inner,
    parsed: (file) => (parsed.add(file), inner.parsed(file)),
    module: (file) => (parsed.add(file), inner.module(file)),
    text: (file) => (read.add(file), inner.text(file)),
    mentions: (file, word) => (read.add(file), inner.mentions(file, word)),
    digest: (file) => (read.add(file), inner.digest(file)),
  };
  const index = openProjectIndex(workspace, 0);
  const hashes = index.units.map((unit) => `${unit.id} ${unit.specHash()}`);
  index.save();
  return { parsed: [...parsed].sort(), read: [...read].sort(), hashes };
}

function begin(t: Parameters<typeof tempDir>[0]): string {
  const root = join(tempDir(t), "p");
  newProject(root, { ...FILES, "tsconfig.json": "{}\n", "src/mapped.ts": "export {};\n" });
  pause();
  return root;
}

test("a run after which nothing changed parses nothing and reads no source", (t) => {
  const root = begin(t);
  const first = work(root);
  assert.ok(first.parsed.length > 5);
  pause();
  const again = work(root);
  assert.deepEqual(again.parsed, []);
  assert.deepEqual(again.read.filter((file) => file.endsWith(".ts")), []);
  assert.deepEqual(again.hashes, first.hashes);
});

test("one edited file alone is parsed, and of an edited helper what rests on it", (t) => {
  const root = begin(t);
  work(root);
  pause();
  writeFileSync(join(root, "src/typed.ts"), unitFile({ body: "2;" }));
  pause();
  assert.deepEqual(work(root).parsed, ["src/typed.ts"]);
  pause();
  writeFileSync(join(root, "src/lib/two.ts"), "export const two = 7;\n");
  pause();
  const { parsed } = work(root);
  assert.ok(parsed.includes("src/barrel.ts") && parsed.includes("src/lib/two.ts"), parsed.join(" "));
  assert.ok(!parsed.includes("src/packaged.ts") && !parsed.includes("src/typed.ts"), parsed.join(" "));
});

test("a file without the word is never parsed", (t) => {
  const root = begin(t);
  writeFileSync(join(root, "src/unrelated.ts"), "this is no program at all (");
  assert.ok(!work(root).parsed.includes("src/unrelated.ts"));
});

const RUNNER = `
import { openProject } from ${JSON.stringify(new URL("../../lib/project/project.ts", import.meta.url).href)};
import { openProjectIndex } from ${JSON.stringify(new URL("../../lib/spec/project-index.ts", import.meta.url).href)};
import { createWorkspace } from ${JSON.stringify(new URL("../../lib/spec/workspace.ts", import.meta.url).href)};
const seen = [];
for (let i = 0; i < 30; i++) {
  const index = openProjectIndex(createWorkspace(openProject(process.argv[1])), 0);
  seen.push(index.units.map((unit) => unit.id + " " + unit.specHash()).join(", "));
  index.save();
}
console.log(JSON.stringify([...new Set(seen)]));
`;

test("two processes that read and write one index both tell the truth", async (t) => {
  const root = begin(t);
  const { hashes } = work(root);
  const run = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", RUNNER, root], { stdio: ["ignore", "pipe", "inherit"] });
      let out = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.on("error", reject).on("close", () => resolve(out));
    });
  const seen = await Promise.all([run(), run()]);
  for (const out of seen) assert.deepEqual(JSON.parse(out), [hashes.join(", ")]);
  assert.deepEqual(work(root).hashes, hashes);
});
