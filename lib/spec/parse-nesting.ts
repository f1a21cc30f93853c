/**
 * A bound on nesting, checked before the parser sees the text.
 *
 * oxc-parser descends one native stack frame a level and dies of a stack overflow (SIGSEGV, no exception) from about 1,500 levels on an
 * 8 MiB stack. A model that repeats itself writes such text.
 *
 * @module
 */

/** Brackets within brackets; far beyond what people write, far below what overflows even a 1 MiB stack. */
export const MAX_NESTING = 200;

/**
 * Offset of the first bracket that nests deeper than MAX_NESTING, or undefined.
 *
 * Strings, templates, comments and regular expressions are skipped as well as can be told without parsing; a closing bracket drops
 * what such a guess left open below it, so an error does not add up over a file.
 */
export function tooDeepAt(source: string): number | undefined {
  const open: string[] = [];
  let last = ""; // last character of the code so far, blanks and comments aside
  for (let i = 0; i < source.length; i++) {
    const char = source[i] ?? "";
    let end = i;
    if (char === "(" || char === "[" || char === "{") open.push(char);
    else if (char === ")" || char === "]") close(open, char === ")" ? "(" : "[");
    else if (char === ";") while (open.length > 0 && open.at(-1) !== "{" && open.at(-1) !== "${") open.pop();
    else if (char === "}") {
      while (open.length > 0 && open.at(-1) !== "{" && open.at(-1) !== "${") open.pop();
      if (open.pop() === "${") end = endOfTemplateText(source, i, open);
    } else if (char === "`") end = endOfTemplateText(source, i, open);
    else if (char === '"' || char === "'") end = endOfString(source, i);
    else if (char === "/") {
      const comment = endOfComment(source, i);
      end = comment ?? (isOperandNext(last) ? endOfRegExp(source, i) : i);
      if (comment !== undefined) {
        i = end;
        continue;
      }
    }
    if (open.length > MAX_NESTING) return i;
    if (char > " ") last = char;
    i = end;
  }
  return undefined;
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

/** A slash after these starts a regular expression; after the rest (a name, a number, `)`, `]`) it mostly divides. */
function isOperandNext(last: string): boolean {
  return last === "" || "(,=:[!&|?{};+-*%~^<>".includes(last);
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
