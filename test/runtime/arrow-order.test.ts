/**
 * Loaders that move what stands in a source, and give node no source map: a function without a name runs its own code or none, though
 * others of its file have the same text and come to stand at its place.
 */

import assert from "node:assert/strict";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { openProject } from "../../lib/project/project.ts";
import { constInTurn, inTurn, type Turns } from "../../lib/runtime/arrow-order.ts";
import { extractSpecs } from "../../lib/spec/extract.ts";
import { makeBundle } from "../../lib/spec/make-bundle.ts";
import { parseModule } from "../../lib/spec/parse.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { tempDir } from "../temp.ts";
import { makeProject, runProgram, save, writeFiles } from "./project.ts";

const doc = (name: string): string => `/**\n * >>> ${name}(1)\n */\n`;
const IMPORT = 'import { vibesafe, VibesafeHandled } from "vibesafe";\n';
/** As high as its comment: without comments the second of two stands where the first stood. */
const arrow = (name: string, options = ""): string => `${doc(name)}export const ${name} = vibesafe.func(${options}(n: number): number => {\n  throw new VibesafeHandled();\n});\n`;
const named = (name: string): string => arrow(name).replace("(n: number): number =>", `function ${name}(n: number): number`);

/** What `one` and `two` of a file answer, and the error of its import. */
const MAIN = `import { register } from "node:module";
register("./hooks.mjs", import.meta.url);
for (const name of process.argv.slice(2)) {
  globalThis.said = [];
  const error = await import("./src/" + name + ".ts").then((all) => void said.push(all.one(1), all.two(1)), ({ name, message, remedy }) => [name, message, remedy].join(" "));
  console.log(JSON.stringify({ name, said, error }));
}
`;

/** Types become blanks, as in node's own stripping; then each file is moved in its own way. */
const HOOKS = `import { readFileSync } from "node:fs";
import { basename } from "node:path";
const strip = (text) => text.replaceAll(/: number\\b| as any\\b/g, (type) => " ".repeat(type.length));
const drop = (text) => text.replaceAll(/^(?:\\/\\*\\*| \\*).*\\n/gm, "");
const MOVE = { kept: (text) => text, dropped: drop, unit: drop, added: (text) => "\\n".repeat(7) + text, unnamed: (text) => "\\n".repeat(6) + text.replaceAll(/function \\w+/g, "function") };
export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  return { format: "module", shortCircuit: true, source: MOVE[basename(url, ".ts")](strip(readFileSync(new URL(url), "utf8"))) };
}
`;

const SOURCES: Readonly<Record<string, string>> = {
  kept: `${IMPORT}${arrow("one")}${arrow("two", "{ allow: [] }, ")}`,
  dropped: `${IMPORT}${arrow("one")}${arrow("two")}`,
  // The first is told by its unit; the second comes to stand in its place.
  unit: `${IMPORT}${arrow("one", '{ unit: "src.unit/one" }, ')}${arrow("two", "{ allow: [        ] }, ")}`,
  // The first comes to stand where the second stood.
  added: `${IMPORT}${arrow("one")}(globalThis as any).said.push(one(1));\n${arrow("two")}`,
  // The first loses its name and comes to stand where the second stood.
  unnamed: `${IMPORT}${named("one")}${arrow("two")}`,
};

test("a program whose loader moves lines", async (t) => {
  const files = Object.fromEntries(Object.entries(SOURCES).map(([name, text]) => [`src/${name}.ts`, text]));
  const root = makeProject(t, { ...files, "main.mjs": MAIN, "hooks.mjs": HOOKS });
  for (const file of Object.keys(files)) {
    for (const [name, by] of [["one", 1], ["two", 2]] as const) await save(root, file, name, `export const ${name} = (n: number): number => n + ${by};\n`);
  }
  const names = Object.keys(SOURCES);
  const run = (folder: string): Record<string, { said: readonly number[]; error?: string }> => {
    writeFiles(folder, { "run.mjs": `process.argv.push(...${JSON.stringify(names)});\nawait import("./main.mjs");\n` });
    const { stdout, stderr } = runProgram(folder, "run.mjs", { VIBESAFE_ENV: "prod" }, { plain: true, args: ["--no-warnings"] });
    const lines = stdout.trim().split("\n");
    assert.equal(lines.length, names.length, stderr);
    return Object.fromEntries(lines.map((line) => [JSON.parse(line).name, JSON.parse(line)]));
  };
  const check = (where: string, folder: string): void => {
    for (const [name, { said, error }] of Object.entries(run(folder))) {
      const answers = error === undefined;
      assert.deepEqual(said, answers ? [2, 3] : [], `${where}: ${name}`);
      if (!answers) assert.match(error, /^VibesafeUsageError .*cannot tell which .*name/, `${where}: ${name}`);
      if (name !== "unit") assert.equal(answers, name === "kept", `${where}: ${name}: ${error}`);
    }
  };
  check("the short way", root);
  writeFileSync(join(root, "vibesafe.bundle"), makeBundle(createWorkspace(openProject(root))).bytes);
  const alone = tempDir(t);
  cpSync(root, alone, { recursive: true, verbatimSymlinks: true });
  for (const name of [".vibesafe", "vibesafe.toml"]) rmSync(join(alone, name), { recursive: true });
  check("a bundle alone", alone);
  writeFiles(alone, { "src/kept.ts": `${SOURCES["kept"]}// said\n` });
  assert.match(run(alone)["kept"]?.error ?? "", /^VibesafeUsageError /, "not the text that was sealed");
  rmSync(join(root, "vibesafe.bundle"));
  // Not the text that was saved: it is parsed.
  for (const [file, text] of Object.entries(files)) writeFiles(root, { [file]: `${text}// said\n` });
  check("the long way", root);
});

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constant((name: string) => arrow(name)) },
  { weight: 1, arbitrary: fc.constant((name: string) => named(name)) },
  { weight: 1, arbitrary: fc.constant(() => "\n") },
  { weight: 1, arbitrary: fc.constant(() => "// said\n") },
  { weight: 1, arbitrary: fc.constant(() => "// vibesafe.func(\n") },
);

/** Of a kind of line, what becomes of it. */
const loader = fc.record({ before: fc.nat(14), comments: fc.boolean(), blanks: fc.boolean(), said: fc.boolean(), doubled: fc.boolean() });

test("whatever a loader drops and adds: each call is told as itself or not at all", () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 2, maxLength: 9 }), loader, (pieces, { before, comments, blanks, said, doubled }) => {
      const text = IMPORT + pieces.map((make, i) => make(`f${i}`)).join("");
      const specs = extractSpecs(parseModule(text, "src/a.ts"), "src/a.ts").specs.filter((spec) => !spec.named);
      const moved = ["", ...Array.from({ length: before }, () => "")].join("\n").concat(
        text
          .split("\n")
          .filter((line) => !(comments && /^(?:\/\*\*| \*)/.test(line)) && !(blanks && line === "") && !(said && line.startsWith("//")))
          .flatMap((line) => (doubled && line.startsWith("});") ? [line, ""] : [line]))
          .join("\n"),
      );
      const source = { text, digest: text };
      for (const tell of [
        (place: { script: string; line: number; column: number }, turns: Turns) => inTurn(place, source, specs, turns)?.name,
        (place: { script: string; line: number; column: number }, turns: Turns) => constInTurn(place, source, turns),
      ]) {
        const turns: Turns = new Map();
        for (const [i, line] of moved.split("\n").entries()) {
          const called = /const (\w+) = vibesafe\.(?=func\(\()/.exec(line);
          if (called === null) continue;
          const told = tell({ script: "a", line: i + 1, column: called.index + called[0].length + 1 }, turns);
          // Its module gets no further.
          if (told === undefined) break;
          assert.equal(told, called[1]);
        }
      }
    }),
    { numRuns: Number(process.env["VIBESAFE_RUNS"] ?? 150), seed: 7 },
  );
});
