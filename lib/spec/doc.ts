/**
 * Examples and property tests in a doc comment.
 *
 * `>>> ` begins a statement and `... ` lines directly below continue it; the lines up to a blank one, the next `>>>`, a block tag, a
 * property test or the end of the fence they stand in are what is expected. A `@example` block without prompts is statements; a
 * `// => expected` comment on a statement's last line, or directly below it, says what is expected of it. A fence with the info string
 * `fast-check` is a property test.
 *
 * @module
 */

import { readBlocks, type Block, type DocProblem } from "./doc/blocks.ts";
import { awaits, joinLines, parseCode, placeIn, readExpectation, type Code } from "./doc/code.ts";
import { plainStatement } from "./doc/plain.ts";
import { parseBlock, splitSteps } from "./doc/statements.ts";
import { docLines, normaliseDoc, type TextLine } from "./doc/text.ts";
import { declaredNames } from "./scope.ts";
import type { Example, PropertyTest } from "./types.ts";

export { docLines, normaliseDoc, type DocProblem, type TextLine };

export interface Doc {
  readonly examples: readonly Example[];
  readonly properties: readonly PropertyTest[];
  readonly problems: readonly DocProblem[];
}

export interface DocOptions {
  /** Language of the statements: `tsx` in files that may hold JSX. */
  readonly lang: "ts" | "tsx";
  /** Names that the statements may use besides what they declare. */
  readonly scope: Iterable<string>;
}

interface Reader {
  readonly lang: "ts" | "tsx";
  readonly scope: ReadonlySet<string>;
  /** By the statements so far. */
  readonly declared: Set<string>;
  readonly examples: Example[];
  readonly properties: PropertyTest[];
  readonly problems: DocProblem[];
}

/** Reads the lines of a doc comment; a malformed example is a problem and no example. */
export function readDoc(lines: readonly TextLine[], options: DocOptions): Doc {
  const reader: Reader = { lang: options.lang, scope: options.scope instanceof Set ? options.scope : new Set(options.scope), declared: new Set(), examples: [], properties: [], problems: [] };
  const blocks = readBlocks(lines, (problem) => void reader.problems.push(problem));
  for (const block of blocks) readBlock(reader, block);
  return { examples: reader.examples, properties: reader.properties, problems: reader.problems };
}

function readBlock(reader: Reader, block: Block): void {
  if (block.kind === "property") readProperty(reader, block.code);
  else if (block.kind === "prompt") readPrompted(reader, block.code, block.expected);
  else readStatements(reader, block.code, block.fenced);
}

function readProperty(reader: Reader, lines: readonly TextLine[]): void {
  const code = parseCode(lines, reader.lang);
  if ("message" in code) reader.problems.push(code);
  else if (code.program.body.length === 0) {
    reader.problems.push({ ...placeIn(lines, 0), message: "a property test without a statement", remedy: "write fc.assert(fc.property(…)) in it" });
  } else if (isPlain(reader, code.program.body, lines)) reader.properties.push({ source: code.source, line: placeIn(lines, 0).line });
}

function readStatements(reader: Reader, block: readonly TextLine[], fenced: boolean): void {
  const parsed = parseBlock(block, fenced, reader.lang);
  if ("message" in parsed) {
    reader.problems.push(parsed);
    return;
  }
  const { code, lines } = parsed;
  for (const step of splitSteps(code, lines, (problem) => void reader.problems.push(problem))) {
    if (isNeedlessImport(reader, step.node)) continue;
    if (!isPlain(reader, [step.node], lines)) return;
    declare(reader, step.node);
    addExample(reader, step.source, step.line, awaits(step.node), step.expected);
  }
}

/** An import that shows readers where the names come from; the example has them already. */
function isNeedlessImport(reader: Reader, node: Code["program"]["body"][number]): boolean {
  if (node.type !== "ImportDeclaration") return false;
  return node.importKind === "type" || (node.specifiers.length > 0 && node.specifiers.every(({ local }) => isKnown(reader, local.name)));
}

function readPrompted(reader: Reader, lines: readonly TextLine[], expected: readonly TextLine[]): void {
  const place = placeIn(lines, 0);
  const source = joinLines(lines);
  if (plainStatement(source) !== undefined) return addExample(reader, source, place.line, false, expected);
  const code = parseCode(lines, reader.lang);
  if ("message" in code) {
    reader.problems.push(code);
  } else if (code.program.body.length === 0) {
    reader.problems.push({ ...place, message: "an example without a statement", remedy: "write `>>> statement`" });
  } else if (isPlain(reader, code.program.body, lines)) {
    for (const statement of code.program.body) declare(reader, statement);
    addExample(reader, code.source, place.line, awaits(code.program), expected);
  }
}

function declare(reader: Reader, statement: Code["program"]["body"][number]): void {
  for (const name of declaredNames(statement).values) reader.declared.add(name);
}

function isKnown({ scope, declared }: Reader, name: string): boolean {
  return scope.has(name) || declared.has(name);
}

function addExample(reader: Reader, source: string, line: number, waits: boolean, expected: readonly TextLine[]): void {
  const expectation = readExpectation(expected, reader.lang, (name) => isKnown(reader, name));
  if (!("kind" in expectation)) reader.problems.push(expectation);
  else reader.examples.push({ source, expected: expectation, line, awaits: waits });
}

/** Reports import and export statements: examples share the scope of the file, they are no modules. */
function isPlain(reader: Reader, statements: Code["program"]["body"], lines: readonly TextLine[]): boolean {
  const bad = statements.find(({ type }) => /^(?:Import|Export)|^TS(?:Export|ImportEquals)/.test(type));
  if (bad === undefined) return true;
  const what = bad.type.includes("Import") ? "import" : "export";
  reader.problems.push({
    ...placeIn(lines, bad.start),
    message: `an example cannot ${what}`,
    remedy: "remove the line: examples see the unit, what its file imports and what it exports",
  });
  return false;
}
