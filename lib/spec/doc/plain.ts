/**
 * Expressions that are plain to see without a parser: calls, members, literals, lists and objects of such.
 *
 * Most examples are no more than `name("text", { key: 1 })`, and there are several in each doc comment: to parse each of them takes longer
 * than to parse the file that they stand in. What is not surely one expression is left to the parser.
 *
 * @module
 */

/** Longer text, or deeper, goes to the parser, which has bounds of its own. */
const LONGEST = 1000;
const DEEPEST = 50;

// One alternative each: a name, a number, a string or a template without slots, three dots and operators, any other character.
const TOKEN =
  /[ \t\n]*(?:([A-Za-z_$][\w$]*)|((?:0|[1-9]\d*)(?:n|(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w$.]))|("(?:[^"\\\r\n\u2028\u2029]|\\[nrt\\"'])*"|'(?:[^'\\\r\n\u2028\u2029]|\\[nrt\\"'])*'|`[^`\\$\r]*`)|(\.\.\.|===|!==|&&|\|\|)|(\S))/y;

const OPERATORS = new Set(["===", "!==", "&&", "||", "+", "*"]);

/** Words that are no names, or not in every place. */
const RESERVED = new Set(
  (
    "abstract accessor arguments as asserts async await break case catch class const continue debugger declare default delete do else enum eval " +
    "export extends finally for from function get global if implements import in infer instanceof interface is keyof let module namespace new of " +
    "out override package private protected public readonly require return satisfies set static super switch this throw try type typeof unique " +
    "using var void while with yield"
  ).split(" "),
);

const LITERALS = new Set(["true", "false", "null"]);

interface Cursor {
  readonly text: string;
  readonly names: Set<string>;
  at: number;
  kind: "name" | "literal" | "mark" | "end" | "other";
  word: string;
}

/** The names that `text` uses, when it is surely one expression: without `await`, assignment, function or comma. Undefined means: parse it. */
export function plainExpression(text: string): ReadonlySet<string> | undefined {
  const c = begin(text);
  return c !== undefined && expression(c, 0) && c.kind === "end" ? c.names : undefined;
}

/** Likewise of a statement: an expression and perhaps a semicolon. */
export function plainStatement(text: string): ReadonlySet<string> | undefined {
  const c = begin(text);
  // Here a brace would begin a block.
  if (c === undefined || c.word === "{" || !expression(c, 0)) return undefined;
  if (c.word === ";") next(c);
  return c.kind === "end" ? c.names : undefined;
}

function begin(text: string): Cursor | undefined {
  if (text.length > LONGEST) return undefined;
  const c: Cursor = { text, names: new Set(), at: 0, kind: "end", word: "" };
  next(c);
  return c;
}

function next(c: Cursor): void {
  TOKEN.lastIndex = c.at;
  const found = TOKEN.exec(c.text);
  if (found === null) {
    c.kind = /^[ \t\n]*$/.test(c.text.slice(c.at)) ? "end" : "other";
    c.word = "";
    return;
  }
  c.at = TOKEN.lastIndex;
  const [, name, number, string, mark, other] = found;
  c.word = name ?? number ?? string ?? mark ?? other ?? "";
  c.kind = name !== undefined ? "name" : number !== undefined || string !== undefined ? "literal" : "mark";
}

/** Steps over a mark if it comes next. */
function take(c: Cursor, mark: string): boolean {
  if (c.kind !== "mark" || c.word !== mark) return false;
  next(c);
  return true;
}

function expression(c: Cursor, depth: number): boolean {
  if (depth > DEEPEST || !operand(c, depth)) return false;
  while (c.kind === "mark" && OPERATORS.has(c.word)) {
    next(c);
    if (!operand(c, depth)) return false;
  }
  return true;
}

function operand(c: Cursor, depth: number): boolean {
  // Before a number alone: `- -1` and `--x` are other things. Behind a number a dot would be part of it.
  if (take(c, "-") && !isNumber(c)) return false;
  if (isNumber(c)) {
    next(c);
    return true;
  }
  return head(c, depth) && tail(c, depth);
}

function isNumber({ kind, word }: Cursor): boolean {
  return kind === "literal" && /^\d/.test(word);
}

function head(c: Cursor, depth: number): boolean {
  if (c.kind === "literal") {
    next(c);
    return true;
  }
  if (c.kind === "name") {
    const name = c.word;
    next(c);
    if (name === "new") return constructed(c, depth);
    if (LITERALS.has(name)) return true;
    c.names.add(name);
    return !RESERVED.has(name);
  }
  if (take(c, "[")) return list(c, "]", depth);
  if (take(c, "(")) return expression(c, depth + 1) && take(c, ")");
  return take(c, "{") && properties(c, depth);
}

/** `new Name(…)` with its arguments. */
function constructed(c: Cursor, depth: number): boolean {
  const name = c.word;
  if (c.kind !== "name" || RESERVED.has(name) || LITERALS.has(name)) return false;
  c.names.add(name);
  next(c);
  while (take(c, ".")) if (!member(c)) return false;
  return take(c, "(") && list(c, ")", depth);
}

function tail(c: Cursor, depth: number): boolean {
  for (;;) {
    if (take(c, ".")) {
      if (!member(c)) return false;
    } else if (take(c, "(")) {
      if (!list(c, ")", depth)) return false;
    } else if (take(c, "[")) {
      if (!expression(c, depth + 1) || !take(c, "]")) return false;
    } else return true;
  }
}

function member(c: Cursor): boolean {
  if (c.kind !== "name") return false;
  next(c);
  return true;
}

/** Expressions, perhaps spread, with commas between them; one may stand at the end. */
function list(c: Cursor, end: string, depth: number): boolean {
  while (!take(c, end)) {
    take(c, "...");
    if (!expression(c, depth + 1)) return false;
    if (!take(c, ",")) return take(c, end);
  }
  return true;
}

function properties(c: Cursor, depth: number): boolean {
  while (!take(c, "}")) {
    if (take(c, "...")) {
      if (!expression(c, depth + 1)) return false;
    } else if (!property(c, depth)) return false;
    if (!take(c, ",")) return take(c, "}");
  }
  return true;
}

function property(c: Cursor, depth: number): boolean {
  const { kind, word } = c;
  if (kind !== "name" && (kind !== "literal" || word.startsWith("`"))) return false;
  next(c);
  // Two of `__proto__` are a syntax error.
  if (take(c, ":")) return !word.includes("__proto__") && expression(c, depth + 1);
  if (kind !== "name" || RESERVED.has(word) || LITERALS.has(word)) return false;
  c.names.add(word);
  return true;
}
