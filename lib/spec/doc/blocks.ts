/**
 * The parts of a doc comment that are code: examples after `>>>`, `@example` blocks, fenced property tests.
 *
 * @module
 */

import { endOfFence, fenceOf, openings } from "./fences.ts";
import { cutLines, dedentLines, withoutBlankEnds, type TextLine } from "./text.ts";

export type Block =
  /** `>>>` and `...` lines without their marks, and the lines below that say what is expected. */
  | { readonly kind: "prompt"; readonly code: readonly TextLine[]; readonly expected: readonly TextLine[] }
  /** Statements of an `@example` block, their expectations in `// =>` comments. */
  | { readonly kind: "code"; readonly code: readonly TextLine[]; readonly fenced: boolean }
  | { readonly kind: "property"; readonly code: readonly TextLine[] };

/** A malformed line, with what to do about it. */
export interface DocProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
}

const PROMPT = /^([ \t]*)>>>(?: (.*)|)$/s;
const BAD_PROMPT = /^[ \t]*>>>[^> ]/;
const CONTINUATION = /^[ \t]*\.\.\.(?: (.*)|)$/s;
const TAG = /^@([a-zA-Z]\w*)(?:[ \t](.*)|)$/s;
const ARROW = /\/\/[ \t]*=>/;
const PROPERTY = "fast-check";

/** Info strings of fences in an `@example` block that hold statements. */
const CODE_INFO = new Set(["", "ts", "typescript", "tsx", "mts", "cts", "js", "javascript", "jsx", "mjs", "cjs"]);

/** Block tags of TSDoc and JSDoc: the text before them ends there, an expected text too. */
const BLOCK_TAGS = new Set(
  (
    "alpha author beta callback category decorator default defaultValue deprecated description eventProperty example exception " +
    "exports experimental file fileoverview function group implements inheritDoc internal kind label license module name " +
    "override packageDocumentation param private privateRemarks property protected public readonly remarks return returns " +
    "sealed see since summary template this throws todo type typedef typeParam version virtual yields vibesafe"
  ).split(" "),
);

/** Finds the blocks, in order. Malformed lines go to `report`. */
export function readBlocks(lines: readonly TextLine[], report: (problem: DocProblem) => void): Block[] {
  return readText(lines, "prose", report);
}

/** The next line with a block tag, fences aside. */
function endOfExample(lines: readonly TextLine[], start: number): number {
  for (let i = start; i < lines.length; i++) {
    if (tagOf(lines[i]) !== undefined) return i;
    const fence = fenceOf(lines[i]);
    if (fence !== undefined) i = endOfFence(lines, i, fence.mark) ?? lines.length;
  }
  return lines.length;
}

/** Beside fenced code or prompts the text of a block is prose; without them it is code. */
function readExample(lines: readonly TextLine[], report: (problem: DocProblem) => void): Block[] {
  const marked = lines.some(({ text }) => PROMPT.test(text)) || openings(lines).some(({ info }) => CODE_INFO.has(info));
  return readText(marked ? lines : dedentLines(lines), marked ? "example" : "code", report);
}

/** Where text stands: outside `@example` blocks, in one as prose or as code, in a fence. */
type Context = "prose" | "example" | "code" | "fence";

function readText(lines: readonly TextLine[], context: Context, report: (problem: DocProblem) => void): Block[] {
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i];
    if (line === undefined) break;
    const fence = context === "fence" ? undefined : fenceOf(line);
    const tag = context === "prose" ? tagOf(line) : undefined;
    if (fence !== undefined) {
      const end = endOfFence(lines, i, fence.mark);
      if (end === undefined) {
        report({ ...placeOf(line), message: `the fence ${fence.mark} is never closed`, remedy: `add a line ${fence.mark} where it ends` });
        return blocks;
      }
      const inside = readFence(cutLines(lines.slice(i + 1, end), fence.indent), fence.info, context, report);
      if (fence.info === PROPERTY && inside.length === 0) {
        report({ ...placeOf(line), message: "a property test without a statement", remedy: "write fc.assert(fc.property(…)) in it" });
      }
      blocks.push(...inside);
      i = end + 1;
    } else if (tag?.name === "example") {
      const end = endOfExample(lines, i + 1);
      const code = tag.rest !== undefined && isCodeLine(tag.rest.text) ? [tag.rest] : [];
      blocks.push(...readExample([...code, ...lines.slice(i + 1, end)], report));
      i = end;
    } else if (context === "code") {
      const next = lines.findIndex((each, at) => at > i && fenceOf(each) !== undefined);
      const end = next === -1 ? lines.length : next;
      const code = withoutBlankEnds(lines.slice(i, end));
      if (code.length > 0) blocks.push({ kind: "code", code, fenced: false });
      i = end;
    } else if (PROMPT.test(line.text)) {
      const group = readPrompt(lines, i, context);
      blocks.push(group.block);
      i = group.end;
    } else {
      reportStray(line, lines[i - 1], context, report);
      i++;
    }
  }
  return blocks;
}

function readFence(code: readonly TextLine[], info: string, context: Context, report: (problem: DocProblem) => void): Block[] {
  const kept = withoutBlankEnds(code);
  if (info === PROPERTY) return kept.length > 0 ? [{ kind: "property", code: kept }] : [];
  if (code.some(({ text }) => PROMPT.test(text))) return readText(code, "fence", report);
  return context === "example" && CODE_INFO.has(info) && kept.length > 0 ? [{ kind: "code", code: kept, fenced: true }] : [];
}

/** The example that begins at `start`, and the line after it. */
function readPrompt(lines: readonly TextLine[], start: number, context: Context): { block: Block; end: number } {
  const first = lines[start];
  const indent = PROMPT.exec(first?.text ?? "")?.[1]?.length ?? 0;
  const code: TextLine[] = [];
  let end = start;
  for (; end < lines.length; end++) {
    const line = lines[end];
    if (line === undefined || !(end === start ? PROMPT : CONTINUATION).test(line.text)) break;
    const mark = line.text.indexOf(end === start ? ">>>" : "...") + 4;
    code.push({ text: line.text.slice(mark), line: line.line, column: line.column + mark });
  }
  const below = end;
  while (end < lines.length && !endsExpected(lines[end], context)) end++;
  return { block: { kind: "prompt", code, expected: cutLines(lines.slice(below, end), indent) }, end };
}

function endsExpected(line: TextLine | undefined, context: Context): boolean {
  if (line === undefined || line.text === "" || PROMPT.test(line.text) || BAD_PROMPT.test(line.text)) return true;
  if (context === "fence") return false;
  const tag = tagOf(line);
  return fenceOf(line)?.info === PROPERTY || (tag !== undefined && BLOCK_TAGS.has(tag.name));
}

function reportStray(line: TextLine, before: TextLine | undefined, context: Context, report: (problem: DocProblem) => void): void {
  if (context === "example" && ARROW.test(line.text)) {
    report({ ...placeOf(line), message: "`// =>` stands beside the code of the example", remedy: "move the line into the fence, or behind a prompt" });
  } else if (BAD_PROMPT.test(line.text)) {
    report({ ...placeOf(line), message: "no blank after >>>", remedy: "write `>>> statement`" });
  } else if (CONTINUATION.test(line.text) && (before === undefined || before.text === "")) {
    // Below other text it is a wrapped sentence, or part of what an example expects.
    report({ ...placeOf(line), message: "`...` continues no statement", remedy: "put it directly below a `>>> ` line, or begin with `>>> `" });
  }
}

/** Whether the rest of an `@example` line is code, not a title. */
function isCodeLine(text: string): boolean {
  return PROMPT.test(text) || ARROW.test(text);
}

function placeOf({ text, line, column }: TextLine): { line: number; column: number } {
  return { line, column: column + (text.length - text.trimStart().length) };
}

function tagOf(line: TextLine | undefined): { name: string; rest: TextLine | undefined } | undefined {
  const match = line === undefined ? null : TAG.exec(line.text);
  if (line === undefined || match?.[1] === undefined) return undefined;
  const text = match[2]?.trimStart();
  if (text === undefined) return { name: match[1], rest: undefined };
  return { name: match[1], rest: { text, line: line.line, column: line.column + line.text.length - text.length } };
}
