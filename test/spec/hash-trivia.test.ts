/**
 * Trivia and nothing else is left out of H_spec: reformatting and comments keep it, any other token of a tracked place changes it.
 */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { format, type Options } from "prettier";
import { openProject } from "../../lib/project/project.ts";
import { explainChanges } from "../../lib/spec/explain.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { parseModule } from "../../lib/spec/parse.ts";
import type { HashedSpec } from "../../lib/spec/types.ts";
import { walkTree } from "../../lib/spec/walk.ts";
import { createWorkspace, readSpecs } from "../../lib/spec/workspace.ts";
import { EFFORT } from "./effort.ts";
import { newWorkspace } from "./projects.ts";

/** Much of the language in a few lines: what is tracked is the unit and all that it names. */
const SOURCE = `import { vibesafe, VibesafeHandled } from "vibesafe";
import * as path from "node:path";

export interface Point<T extends number = number> { readonly x: T; y?: T; [key: string]: unknown; move(by: T): void }
type Pair = [first: string, second?: number, ...rest: boolean[]];
type Shape = { kind: "circle"; r: number } | { kind: "square"; side: number };
type Keys<T> = { readonly [K in keyof T as \`get\${string & K}\`]?: T[K] extends (infer U)[] ? U : never };
enum Level { low = 1, high = low << 2 }
const LIMIT = 1_000.50, NAMES = ["a", 'b', \`c \${LIMIT} d\`] as const;
const { left = 0, ...others } = { left: 1, right: 2 };
abstract class Base<T> { #secret = 1; static count = 0; constructor(readonly name: string) {} abstract run(): T; get secret() { return this.#secret } }
class Worker extends Base<number> { override run(): number { return super.name.length ** 2 } }
function* numbers(n: number, ...more: number[]): Generator<number> { for (let i = 0; i < n; i++) { if (i % 2) continue; yield i; } yield* more; }
async function wait<T>(value: Promise<T> | T): Promise<T> { try { return await value; } catch { throw new Error("failed"); } finally { void 0; } }
const pick = <T,>(items: readonly T[], at = 0): T | undefined => items[at] ?? (items.length > 1 ? items.at(-1) : undefined);
const table: Record<string, (n: number) => number> = { "double": (n) => n * 2, half: n => n / 2, ['com' + 'puted'](n) { return -(-n) } };
table.extra = (n) => n;
outer: for (const key of Object.keys(table)) { switch (key) { case "half": break outer; default: delete table[key] } }

/**
 * Does everything.
 *
 * >>> f({ x: 1, move() {} }, "b")
 * 1
 */
export const f = vibesafe.func({ allow: ["node:path"] }, function f<T extends Point>(point: T & { z?: Shape }, name: (typeof NAMES)[number], { a, b: [c] }: { a: Pair; b: Keys<T>[] } = undefined!, level: Level = Level.low): number {
  if (!name || point.x >= LIMIT && left !== 1) throw new RangeError(/^(?<n>\\d+)[a-z]$/giu.exec(name)?.groups!.n);
  const w = new Worker("w"), list = [...numbers(3, 4), left, , others.right];
  let total = 0x10, big = 10n, text = 'it\\'s' + "\\u00e9" + path.join("x", \`y\`);
  do { total += (list[0] as number) - -1; } while (total < 5);
  wait(pick(list)).then((n) => table.double!(n!), () => w.run());
  label: { if (typeof a === "string") break label; else total ||= c satisfies unknown as number; }
  throw new VibesafeHandled();
});
`;

function hashText(root: string, source: string): HashedSpec {
  writeFileSync(join(root, "unit.ts"), source);
  const workspace = createWorkspace(openProject(root));
  const { specs, problems } = readSpecs(workspace, "unit.ts");
  assert.deepEqual(problems.map(({ error }) => error.message), []);
  const [spec] = specs;
  assert.ok(spec !== undefined);
  return hashSpec(workspace, spec);
}

test("the torture file names what it should", (t) => {
  const { map } = hashText(newWorkspace(t, {}).project.root, SOURCE);
  assert.deepEqual(
    Object.keys(map.deps.declarations),
    ["Base", "Keys", "LIMIT", "Level", "NAMES", "Pair", "Point", "Shape", "Worker", "left", "numbers", "others", "pick", "table", "wait"].map((name) => `unit#${name}`),
  );
  assert.deepEqual(map.deps.names["path.join"], "node:path#join");
});

const options: fc.Arbitrary<Options> = fc.record({
  printWidth: fc.constantFrom(20, 60, 80, 200),
  tabWidth: fc.constantFrom(1, 2, 8),
  useTabs: fc.boolean(),
  semi: fc.boolean(),
  singleQuote: fc.boolean(),
  quoteProps: fc.constantFrom("as-needed", "consistent", "preserve"),
  trailingComma: fc.constantFrom("none", "es5", "all"),
  bracketSpacing: fc.boolean(),
  objectWrap: fc.constantFrom("preserve", "collapse"),
  arrowParens: fc.constantFrom("always", "avoid"),
  endOfLine: fc.constantFrom("lf", "crlf"),
  experimentalTernaries: fc.boolean(),
  experimentalOperatorPosition: fc.constantFrom("start", "end"),
});

test("any reformatting by prettier keeps H_spec", async (t) => {
  const { root } = newWorkspace(t, {}).project;
  const before = hashText(root, SOURCE);
  await fc.assert(
    fc.asyncProperty(options, async (chosen) => {
      const formatted = await format(SOURCE, { ...chosen, parser: "typescript", embeddedLanguageFormatting: "off" });
      const after = hashText(root, formatted);
      assert.deepEqual(explainChanges(before.map, after.map), []);
      assert.equal(after.specHash, before.specHash);
    }),
    { numRuns: 5 * EFFORT },
  );
});

/** Offsets before which a comment may stand: where nodes begin, but for the insides of templates. */
function commentPlaces(source: string): number[] {
  const places = new Set<number>();
  walkTree(parseModule(source, "unit.ts").program, (node, ancestors) => {
    if (node.type === "Program") return true;
    if (node.type === "TemplateElement" || node.type === "TSTemplateLiteralType") return false;
    const inTemplate = ancestors.some(({ type }) => type === "TemplateLiteral");
    if (!inTemplate) places.add(node.start);
    return true;
  });
  return [...places].sort((a, b) => a - b);
}

test("any comment between tokens keeps H_spec", (t) => {
  const { root } = newWorkspace(t, {}).project;
  const before = hashText(root, SOURCE);
  const places = commentPlaces(SOURCE);
  assert.ok(places.length > 250);
  const comment = fc.constantFrom("/* c */", "/**/", "/* }{ */", "/* >>> f(1)\n2 */", "// c\n", "// `\n");
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.nat(places.length - 1), comment), { maxLength: 40, selector: ([at]) => at }), (inserts) => {
      let source = SOURCE;
      for (const [at, text] of inserts.toSorted(([a], [b]) => b - a)) {
        const place = places[at] ?? 0;
        // Behind these words, and before type arguments, a line break would mean something.
        const inline = SOURCE[place] === "<" || /(?:return|throw|break|continue|yield|async|abstract|readonly|static|override|get|type|infer|keyof|typeof|delete|void|await|new|=>|\))\s*$/.test(SOURCE.slice(0, place));
        source = source.slice(0, place) + (inline ? "/* c */" : text) + source.slice(place);
      }
      const after = hashText(root, source);
      assert.deepEqual(explainChanges(before.map, after.map), []);
      assert.equal(after.specHash, before.specHash);
    }),
    { numRuns: 16 * EFFORT },
  );
});

/** Each with one identifier, literal or template text of the program changed. */
function mutants(source: string): { at: number; source: string }[] {
  const found: { at: number; source: string }[] = [];
  const put = (start: number, end: number, text: string): void => {
    found.push({ at: start, source: source.slice(0, start) + text + source.slice(end) });
  };
  walkTree(parseModule(source, "unit.ts").program, (node) => {
    if (node.type === "ImportDeclaration") return false;
    if (node.type === "Identifier" || node.type === "PrivateIdentifier") put(node.start, node.start + source.slice(node.start).search(/[^\w$#]/), `${node.type === "Identifier" ? "" : "#"}${node.name}_`);
    else if (node.type === "TemplateElement") put(node.start, node.end, `${source.slice(node.start, node.end)}_`);
    else if (node.type === "Literal") {
      const raw = source.slice(node.start, node.end);
      if (typeof node.value === "string") put(node.start, node.end, `${raw.slice(0, -1)}_${raw.slice(-1)}`);
      else if (typeof node.value === "number") put(node.start, node.end, `${node.value + 1}`);
    }
    return true;
  });
  return found;
}

test("any identifier, string, number or template text that changes in a tracked place changes H_spec", (t) => {
  const { root } = newWorkspace(t, {}).project;
  const before = hashText(root, SOURCE);
  const all = mutants(SOURCE);
  assert.ok(all.length > 200);
  for (const { at, source } of all) {
    writeFileSync(join(root, "unit.ts"), source);
    const workspace = createWorkspace(openProject(root));
    const { specs, problems } = readSpecs(workspace, "unit.ts");
    const [spec] = specs;
    // A broken spec is told apart as well: by its error.
    if (spec === undefined || problems.length > 0) continue;
    const after = hashSpec(workspace, spec);
    assert.notEqual(after.specHash, before.specHash, `${SOURCE.slice(at - 20, at)}>>>${SOURCE.slice(at, at + 20)}`);
    assert.ok(explainChanges(before.map, after.map).length > 0);
  }
});
