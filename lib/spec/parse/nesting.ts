/**
 * A bound on nesting, checked before the parser sees the text.
 *
 * oxc-parser descends one native stack frame a level and dies of a stack overflow (SIGSEGV, no exception): measured on an 8 MiB stack,
 * from about 1,500 brackets in one another, 4,000 `if (a)` or `a:`, 8,000 `a =>`, `a ? b :` or `!` in a row. A model that repeats itself
 * writes such text.
 *
 * @module
 */

/** Brackets within brackets; far beyond what people write, far below what overflows even a 1 MiB stack. */
const MAX_NESTING = 200;

/** Tokens in a line without `;`, `,` or braces. */
const MAX_CHAIN = 2000;

/** Tokens without `;`, `,` or braces, over any number of lines. */
const MAX_RUN = 20_000;

/**
 * Offset where the text begins to nest too deep for the parser, or undefined.
 *
 * Strings, templates, comments and regular expressions are skipped as well as can be told without parsing; a closing bracket drops
 * what such a guess left open below it, so an error does not add up over a file.
 */
export function tooDeepAt(source: string): number | undefined {
  const open: string[] = [];
  let last = ""; // last word or character of the code so far, blanks and comments aside
  let chain = 0;
  let run = 0;
  for (let i = 0; i < source.length; i++) {
    const char = source[i] ?? "";
    if (isWordPart(char)) {
      const start = i;
      while (isWordPart(source[i + 1] ?? "")) i++;
      last = source.slice(start, i + 1);
      if (++chain > MAX_CHAIN || ++run > MAX_RUN) return start;
      continue;
    }
    if (char <= " ") {
      if (char === "\n") chain = 0;
      continue;
    }
    const comment = char === "/" ? endOfComment(source, i) : undefined;
    if (comment !== undefined) {
      i = comment;
      continue;
    }
    if (++chain > MAX_CHAIN || ++run > MAX_RUN) return i;
    if (char === ";" || char === "," || char === "{" || char === "}") chain = run = 0;
    const end = endOfToken(source, i, open, last);
    if (open.length > MAX_NESTING) return i;
    last = char;
    i = end;
  }
  return undefined;
}

function isWordPart(char: string): boolean {
  return (char >= "a" && char <= "z") || (char >= "A" && char <= "Z") || (char >= "0" && char <= "9") || char === "_" || char === "$" || char > "\x7f";
}

/** Keeps `open` up to date; the end of the string, template or regular expression that begins at `i`, else `i`. */
function endOfToken(source: string, i: number, open: string[], last: string): number {
  const char = source[i] ?? "";
  switch (char) {
    case "(":
    case "[":
    case "{":
      open.push(char);
      return i;
    case ")":
      close(open, "(");
      return i;
    case "]":
      close(open, "[");
      return i;
    case ";":
      closeToBrace(open);
      return i;
    case "}":
      closeToBrace(open);
      return open.pop() === "${" ? endOfTemplateText(source, i, open) : i;
    case "`":
      return endOfTemplateText(source, i, open);
    case '"':
    case "'":
      return endOfString(source, i);
    case "/":
      return isOperandNext(last) ? endOfRegExp(source, i) : i;
    default:
      return i;
  }
}

function closeToBrace(open: string[]): void {
  while (open.length > 0 && open.at(-1) !== "{" && open.at(-1) !== "${") open.pop();
}

/** Drops the innermost `opener` and what is still open inside it, within the innermost braces. */
function close(open: string[], opener: string): void {
  for (let i = open.length - 1; i >= 0 && open[i] !== "{" && open[i] !== "${"; i--) {
    if (open[i] !== opener) continue;
    open.length = i;
    return;
  }
}

function endOfString(source: string, start: number): number {
  for (let i = start + 1; i < source.length; i++) {
    const char = source[i];
    if (char === source[start] || char === "\n") return i;
    if (char === "\\") i++;
  }
  return source.length;
}

/** From a backtick or the `}` of a substitution: to the closing backtick, or to the `{` of the next substitution, now open. */
function endOfTemplateText(source: string, start: number, open: string[]): number {
  for (let i = start + 1; i < source.length; i++) {
    const char = source[i];
    if (char === "`") return i;
    if (char === "\\") i++;
    else if (char === "$" && source[i + 1] === "{") {
      open.push("${");
      return i + 1;
    }
  }
  return source.length;
}

function endOfComment(source: string, start: number): number | undefined {
  const next = source[start + 1];
  if (next !== "/" && next !== "*") return undefined;
  const end = next === "/" ? source.indexOf("\n", start) : source.indexOf("*/", start + 2);
  if (end === -1) return source.length;
  return next === "/" ? end : end + 1;
}

const BEFORE_OPERAND = new Set("await case delete do else in instanceof new of return throw typeof void yield".split(" "));

/** A slash after these starts a regular expression; after the rest (a name, a number, `)`, `]`) it mostly divides. */
function isOperandNext(last: string): boolean {
  return last === "" || BEFORE_OPERAND.has(last) || "(,=:[!&|?{};+-*%~^<>".includes(last);
}

function endOfRegExp(source: string, start: number): number {
  let inClass = false;
  for (let i = start + 1; i < source.length; i++) {
    const char = source[i];
    if (char === "\n") return start;
    if (char === "\\") i++;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) return i;
  }
  return start;
}
