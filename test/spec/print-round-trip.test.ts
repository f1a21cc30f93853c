/** The canonical text parses back to the tree it came from, and knows every node and field of the parser. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { VibesafeTypeError } from "../../lib/errors.ts";
import { isNode } from "../../lib/spec/ast.ts";
import { FIELDS } from "../../lib/spec/print/fields.ts";
import { printCanonical, printStatements } from "../../lib/spec/print.ts";
import { freeNames } from "../../lib/spec/scope.ts";
import { HAZARDS, JSX_HAZARDS } from "./hazards.ts";
import { sampleFiles } from "./sample-files.ts";
import { normalise, parse } from "./tree-compare.ts";

function assertRoundTrip(source: string, file: string): void {
  const before = parse(source, file);
  assert.deepEqual(before.errors, [], `${file} parses`);
  const text = printCanonical(before.program);
  const after = parse(text, file);
  assert.deepEqual(after.errors, [], text);
  assert.deepEqual(normalise(after.program), normalise(before.program));
  assert.equal(printCanonical(after.program), text, "printing is idempotent");
}

test("what is easy to print wrongly parses back to the same tree", () => {
  for (const source of HAZARDS) assertRoundTrip(source, "a.ts");
  for (const source of JSX_HAZARDS) assertRoundTrip(source, "a.tsx");
});

test("sources and declarations of this project and its dependencies parse back to the same tree", () => {
  const files = sampleFiles();
  assert.ok(files.length > 100, `${files.length} files`);
  for (const file of files) assertRoundTrip(readFileSync(file, "utf8"), file);
});

test("the canonical text itself is pinned: another text is another H_spec for every unit", () => {
  const source = `
    export const f = async function* <T extends object = {}>(this: A, { a, b: [c = 1] }: B, ...rest: readonly T[]): Promise<T | null> {
      if ((a + b) * c < 0x10) { throw new RangeError('no "x"'); }
      for (const x of rest) yield x as unknown as (y: string) => void;
      return a?.b?.[c] ?? \`\${a}\n\`
    }`;
  assert.equal(
    printCanonical(parse(source, "a.ts").program),
    [
      "export const f = async function* <T extends object = {}>(this: A, { a, b: [c = 1] }: B, ...rest: readonly T[]): Promise<T | null> {",
      "  if (((a + b) * c) < 16) {",
      '    throw new RangeError("no \\"x\\"");',
      "  }",
      "  for (const x of rest) yield (x as unknown) as (y: string) => void;",
      "  return a?.b?.[c] ?? `${a}\\n`;",
      "};",
    ].join("\n"),
  );
});

test("statements print one below the other, without empty ones", () => {
  assert.equal(printStatements(parse("a;; if (b) { ; c }", "a.ts").program.body), "a;\nif (b) {\n  c;\n}");
});

test("sums of thousands of terms print", () => {
  const terms = Array.from({ length: 5000 }, (_, index) => `"${index}"`);
  const { program } = parse(`x = ${terms.join(" + ")}`, "a.ts");
  assert.equal(printCanonical(program), `x = ${terms.join(" + ")};`);
});

test("code that is nested without end is an error of ours", () => {
  const { program } = parse(`a${".b(c)".repeat(8000)}`, "a.ts");
  assert.throws(() => printCanonical(program), VibesafeTypeError);
  assert.throws(() => freeNames(program), VibesafeTypeError);
});

test("an unknown node or field is an error that names it", () => {
  const [statement] = parse("a + b", "a.ts").program.body;
  assert.ok(statement?.type === "ExpressionStatement");
  const surprise = (extra: object): (() => string) => {
    const node: unknown = { ...statement, expression: { ...statement.expression, ...extra } };
    assert.ok(isNode(node));
    return () => printCanonical(node);
  };
  assert.throws(surprise({ type: "PipelineExpression" }), (error) => error instanceof VibesafeTypeError && error.message.includes("PipelineExpression"));
  assert.throws(surprise({ phase: "late" }), (error) => error instanceof VibesafeTypeError && error.message.includes('"phase" of BinaryExpression'));
  assert.doesNotThrow(surprise({ range: [0, 5] }));
});

test("a field that is never printed may not hold anything", () => {
  const [statement] = parse("({ a: 1 })", "a.ts").program.body;
  assert.ok(statement?.type === "ExpressionStatement" && statement.expression.type === "ObjectExpression");
  const [property] = statement.expression.properties;
  const node: unknown = { ...statement.expression, properties: [{ ...property, optional: true }] };
  assert.ok(isNode(node));
  assert.throws(() => printCanonical(node), /"optional" of Property/);
});

test("JSDoc types, which are no TypeScript, are refused", () => {
  for (const source of ["let a: ?B", "let a: B?", "let a: !B", "let a: B!", "type A = [| B?]"]) {
    assert.throws(() => printCanonical(parse(source, "a.ts").program), /cannot print a syntax node of type TSJSDoc/, source);
  }
});

test("the table of fields is that of the parser's own types", () => {
  const file = createRequire(import.meta.resolve("oxc-parser")).resolve("@oxc-project/types/types.d.ts");
  const declared = fieldsOfInterfaces(readFileSync(file, "utf8"));
  const known = Object.fromEntries(Object.entries(FIELDS).map(([type, fields]) => [type, fields.split(/[ |]+/).filter((field) => field !== "").sort()]));
  assert.deepEqual(known, declared);
});

/** Fields of the interfaces of a declaration file that have a literal `type`, by that type. */
function fieldsOfInterfaces(source: string): Record<string, string[]> {
  const aliases = new Map<string, string[]>();
  const fields = new Map<string, Set<string>>();
  const declarations = parse(source, "types.d.ts").program.body.flatMap((statement) =>
    statement.type === "ExportNamedDeclaration" && statement.declaration !== null ? [statement.declaration] : [],
  );
  for (const item of declarations) {
    if (item.type === "TSTypeAliasDeclaration") aliases.set(item.id.name, printCanonical(item.typeAnnotation).split(" | "));
  }
  for (const item of declarations) {
    if (item.type !== "TSInterfaceDeclaration") continue;
    const members = item.body.body.flatMap((member) => (member.type === "TSPropertySignature" && member.key.type === "Identifier" ? [[member.key.name, member] as const] : []));
    const type = members.find(([name]) => name === "type")?.[1].typeAnnotation;
    if (type === null || type === undefined) continue;
    const text = printCanonical(type);
    for (const name of aliases.get(text) ?? text.split(" | ")) {
      const set = fields.get(JSON.parse(name)) ?? new Set();
      for (const [field] of members) if (field !== "type" && field !== "parent") set.add(field);
      fields.set(JSON.parse(name), set);
    }
  }
  return Object.fromEntries([...fields].map(([type, set]) => [type, [...set].sort()]));
}
