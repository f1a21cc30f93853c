/** `vibe diff --format markdown`: one comment, whatever the specs, prompts and code hold. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { formatMarkdown, type MarkdownUnit } from "../../lib/cli/diff-markdown.ts";
import { vibe } from "../cli/vibe.ts";
import { must, repository, saveAs } from "./repository.ts";

const RUNS = Number(process.env["VIBESAFE_RUNS"] ?? 100);

/** What stands outside fences (CommonMark 0.31, 4.5): the longer fence closes, a shorter one is content. */
function outsideFences(text: string): string[] {
  let open = 0;
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    const [, marks = "", rest = ""] = /^ {0,3}(`{3,})(.*)$/.exec(line) ?? [];
    if (open === 0 && marks !== "" && !rest.includes("`")) open = marks.length;
    else if (open > 0 && marks.length >= open && rest.trim() === "") open = 0;
    else if (open === 0) lines.push(line);
  }
  assert.equal(open, 0, "a fence stays open");
  return lines;
}

const nasty = fc.string({ unit: fc.constantFrom("`", "``", "```", "````\n", "\n", "<", "</details>", "&", "|", "@ada", "-->", "é", " ", "# x\n", "a"), maxLength: 40 });

test("whatever it holds, a comment is well formed and within its limit", () => {
  const patch = nasty.map((text) => ({ path: "src.x/y/impl.ts", status: "modified" as const, added: 1, removed: 1, text: `--- a\n+++ b\n@@ -1 +1 @@\n-${text}\n` }));
  const unit: fc.Arbitrary<MarkdownUnit> = fc.record({ id: nasty, state: fc.constantFrom("drift", "modified"), changes: fc.array(nasty, { maxLength: 3 }), patches: fc.array(patch, { maxLength: 2 }), location: fc.option(nasty, { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), fc.integer({ min: 600, max: 20_000 }), (units, limit) => {
      const text = formatMarkdown({ title: "t", units, total: units.length }, limit);
      assert.ok(text.length <= limit, `${text.length} > ${limit}`);
      const outside = outsideFences(text).join("\n");
      assert.equal(outside.split("<details>").length, outside.split("</details>").length);
      // Nothing of the content is a tag, a mention or a heading.
      assert.doesNotMatch(outside.replaceAll(/<code>[^<]*<\/code>/g, ""), /@ada|é|^# x/m);
    }),
    { numRuns: RUNS },
  );
});

test("a long diff is shortened, and of many units those that do not fit are counted", () => {
  const text = Array.from({ length: 5000 }, (_, i) => `+line ${i}`).join("\n");
  const unit = (i: number): MarkdownUnit => ({ id: `src.m/f${i}`, state: "modified", changes: [], patches: [{ path: "impl.ts", status: "modified", added: 5000, removed: 0, text }] });
  const one = formatMarkdown({ title: "t", units: [unit(1)], total: 1 });
  assert.match(one, /… 4600 more lines/);
  const many = formatMarkdown({ title: "t", units: Array.from({ length: 2000 }, (_, i) => unit(i)), total: 2000 });
  assert.ok(many.length < 65_536);
  assert.match(many, /Its diffs are left out/);
  assert.match(many, /^\d+ units left out/m);
  assert.match(many, /\| \| \| and 1900 more \|/);
});

test("drift, two revisions, and a branch against another, each as a comment", async (t) => {
  const folder = await repository(t);
  must(folder, "checkout", "-q", "-b", "feature");
  await saveAs(folder, "Bob", "double", "n + n", 1_800_000_000);
  const source = readFileSync(join(folder, "src/math.ts"), "utf8");
  writeFileSync(join(folder, "src/math.ts"), source.replace("What triple does.", "Three times, with ``` in it."));

  const drift = await vibe(folder, ["diff", "--format", "markdown"]);
  assert.equal(drift.status, 1);
  assert.match(drift.out, /^<!-- vibesafe diff -->\n### vibesafe: 1 of 2 units changed\n/);
  assert.match(drift.out, /<code>src\.math\/triple<\/code> drift<\/summary>\n\n<code>src\/math\.ts:\d+<\/code>\n\n````text\n- Modified docstring/);
  assert.match(drift.out, /^`{4,}diff\n--- a\/prompt\.md$/m);
  outsideFences(drift.out);

  const since = await vibe(folder, ["diff", "--since", "main", "--format", "markdown"]);
  assert.equal(since.status, 0);
  assert.match(since.out, /\| <code>src\.math\/triple<\/code> \| drift \|[^]*\| <code>src\.math\/double<\/code> \| modified \| impl\.ts \+1 −1 \|/);
  assert.match(since.out, /^-  return 2 \* n;\n\+  return n \+ n;$/m);
  const json = (await vibe(folder, ["diff", "--since", "main", "--json"])).json();
  assert.deepEqual(json.units.map(({ status }) => status), ["modified", "same"]);
  assert.match((await vibe(folder, ["diff", "src.math/double~1", "src.math/double", "--format", "markdown"])).out, /^\+  return n \+ n;$/m);

  const { status, err } = await vibe(folder, ["diff", "--since", "nowhere"]);
  assert.equal(status, 2);
  assert.match(err, /git knows no such commit\n.*fetch-depth: 0/);
});
