import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { test } from "node:test";
import { colours } from "../../lib/cli/colours.ts";
import { highlight } from "../../lib/cli/highlight.ts";
import { REPOSITORY } from "./vibe.ts";

const ON = colours(true);

test("colours change no character", () => {
  for (const name of ["lib/cli/highlight.ts", "lib/cli/main.ts", "lib/spec/doc.ts", "test/cli/vibe.ts"]) {
    const code = readFileSync(join(REPOSITORY, name), "utf8");
    const shown = highlight(code, ON);
    assert.notEqual(shown, code);
    assert.equal(stripVTControlCharacters(shown), code);
    assert.equal(highlight(code, colours(false)), code);
  }
});

test("literals, comments and keywords are told by the parser, not by their looks", () => {
  const shown = highlight("const x = a / b / 2; // if\nx.delete('new');\nconst re = /const/g;\n`a ${x} return`;\n", ON);
  assert.match(shown, new RegExp(`^${literally(ON.cyan("const"))} x = a / b / ${literally(ON.yellow("2"))}; ${literally(ON.dim("// if"))}\n`));
  assert.ok(shown.includes(`x.delete(${ON.green("'new'")});`));
  assert.ok(shown.includes(ON.green("/const/g")));
  assert.ok(!shown.includes(ON.cyan("return")));
});

test("what does not parse is shown as it is", () => {
  assert.equal(highlight("const = ;", ON), "const = ;");
});

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
