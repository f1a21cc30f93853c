/**
 * Reader for the files of `test/spec/pairs`: two small projects that differ in one thing.
 *
 * A line `@@ SIDES PATH [crlf] [bom]` begins a file of the project; SIDES is `both`, `before` or `after`. `@@ SIDES PATH -> TARGET` is a
 * symbolic link. `@@ says TEXT` names a change that the explanation must contain. The unit is the one in `src/unit.ts`.
 *
 * @module
 */

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Pair {
  readonly before: ReadonlyMap<string, Entry>;
  readonly after: ReadonlyMap<string, Entry>;
  /** Texts that the explanation must contain. */
  readonly says: readonly string[];
}

export type Entry = { readonly text: string } | { readonly link: string };

const CONFIG = '[provider.default]\nkind = "replay"\n';

const SIDES: Readonly<Record<string, readonly ("before" | "after")[]>> = { both: ["before", "after"], before: ["before"], after: ["after"] };

export function readPair(path: string): Pair {
  const sides = { before: new Map<string, Entry>(), after: new Map<string, Entry>() };
  const says: string[] = [];
  for (const section of readFileSync(path, "utf8").split(/^@@ /m).slice(1)) {
    const [head = "", ...lines] = section.split("\n");
    const [word = "", file = "", ...flags] = head.split(" ");
    const on = SIDES[word] ?? [];
    if (word === "says") says.push(head.slice("says ".length));
    else if (on.length === 0) throw new Error(`${path}: @@ ${head}`);
    for (const side of on) {
      sides[side].set(file, flags[0] === "->" ? { link: flags[1] ?? "" } : { text: withFlags(lines.join("\n"), flags) });
    }
  }
  for (const side of [sides.before, sides.after]) if (!side.has("vibesafe.toml")) side.set("vibesafe.toml", { text: CONFIG });
  return { ...sides, says };
}

/** Writes one side of a pair as a project. */
export function writeProject(root: string, files: ReadonlyMap<string, Entry>): void {
  for (const [file, entry] of files) {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    if ("link" in entry) symlinkSync(entry.link, path);
    else writeFileSync(path, entry.text);
  }
}

function withFlags(text: string, flags: readonly string[]): string {
  const lines = flags.includes("crlf") ? text.replaceAll("\n", "\r\n") : text;
  return flags.includes("bom") ? `\uFEFF${lines}` : lines;
}
