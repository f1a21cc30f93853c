/**
 * A model that is a program: answers with the files of `replies/`, like a person who wrote them down, and notes what it was asked.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { write, type Files } from "../cli/vibe.ts";

/**
 * Answers a prompt that names unit `a/b` with `replies/a/b.md`, and one that holds n rounds of feedback with `replies/a/b.<n+1>.md`, where
 * there is such a file. Every prompt is kept in `asked/`. A reply that begins with `exit ` ends the program with that status.
 */
const PROGRAM = `
import { existsSync, mkdirSync, readFileSync, writeFileSync, readdirSync } from "node:fs";
const prompt = readFileSync(0, "utf8");
const unit = /implements the unit \`([^\`]+)\`/.exec(prompt)[1];
const rounds = prompt.match(/^The code was:$/gm)?.length ?? 0;
mkdirSync("asked", { recursive: true });
writeFileSync("asked/" + unit.replace("/", "-") + "." + (rounds + 1) + "." + process.pid, prompt);
const later = "replies/" + unit + "." + (rounds + 1) + ".md";
const reply = readFileSync(existsSync(later) ? later : "replies/" + unit + ".md", "utf8");
if (reply.startsWith("wait")) await new Promise((done) => setTimeout(done, 60_000));
if (reply.startsWith("exit ")) process.exit(Number(reply.slice(5)));
process.stdout.write(reply);
`;

export const MODEL: Files = {
  "vibesafe.toml": `[provider.default]\nkind = "command"\nmodel = "written"\ncommand = [${JSON.stringify(process.execPath)}, "model.mjs"]\n`,
  "model.mjs": PROGRAM,
};

/** Names of the prompts that the model was given, sorted: unit, attempt. */
export function asked(folder: string): string[] {
  try {
    return readdirSync(join(folder, "asked"))
      .map((name) => name.replace(/\.\d+$/, ""))
      .sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

export function promptOf(folder: string, name: string): string {
  const file = readdirSync(join(folder, "asked")).find((one) => one.startsWith(`${name}.`));
  if (file === undefined) throw new Error(`the model was not asked ${name}`);
  return readFileSync(join(folder, "asked", file), "utf8");
}

/** Adds `count` units `src.many/f0`, `f1`, … with replies that pass. */
export function many(folder: string, count: number): void {
  const names = Array.from({ length: count }, (_, i) => `f${i}`);
  write(folder, {
    "src/many.ts":
      'import { vibesafe, VibesafeHandled } from "vibesafe";\n' +
      names.map((name, i) => `\n/**\n * >>> ${name}(1)\n * ${i + 1}\n */\nexport const ${name} = vibesafe.func(function ${name}(n: number): number {\n  throw new VibesafeHandled();\n});\n`).join(""),
    ...Object.fromEntries(names.map((name, i) => [`replies/src.many/${name}.md`, `\`\`\`ts\nexport function ${name}(n: number): number {\n  console.log("working");\n  return n + ${i};\n}\n\`\`\`\n`])),
  });
}
