import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { commandNamed } from "../../lib/cli/commands.ts";
import { QUICK_COMMANDS } from "../../lib/cli/quick-commands.ts";
import { REPOSITORY } from "./vibe.ts";

test("each quick command is there under its name, and its file is one that the build puts in", () => {
  for (const name of QUICK_COMMANDS) {
    const entry = commandNamed(name);
    assert.ok(entry !== undefined, name);
    assert.ok(QUICK_COMMANDS.includes(entry.name), `${name} is another word for ${entry.name}, which is not quick`);
    assert.ok(existsSync(join(REPOSITORY, "lib", "cli", `${entry.name}.ts`)));
  }
});
