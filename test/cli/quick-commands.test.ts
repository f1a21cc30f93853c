import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { commandNamed } from "../../lib/cli/commands.ts";
import { QUICK_COMMANDS, SHARING_COMMANDS } from "../../lib/cli/quick-commands.ts";
import { REPOSITORY } from "./vibe.ts";

test("each command that has a file of its own with others is there under its name, and its module is one that the build puts in", () => {
  for (const [name, list] of [QUICK_COMMANDS, SHARING_COMMANDS].flatMap((names) => names.map((word) => [word, names] as const))) {
    const entry = commandNamed(name);
    assert.ok(entry !== undefined, name);
    assert.ok(list.includes(entry.name), `${name} is another word for ${entry.name}, which is not in that file`);
    assert.ok(existsSync(join(REPOSITORY, "lib", "cli", `${entry.name}.ts`)));
  }
});
