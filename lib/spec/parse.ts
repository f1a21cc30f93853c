/**
 * Source text to a syntax tree with what a module imports, exports and declares.
 *
 * @module
 */

import { parseSync, type Comment, type ParserOptions, type Program } from "oxc-parser";
import { VibesafeTypeError } from "../errors.ts";
import { positionFinder, type Position } from "./lines.ts";
import { declarationsOf, globalsOf, type Declaration } from "./parse/declarations.ts";
import { exportsOf, importsOf, type ModuleExports } from "./parse/imports.ts";
import { tooDeepAt } from "./parse/nesting.ts";
import type { ImportedName, SpecProblem } from "./types.ts";

export type { Declaration, DeclarationKind } from "./parse/declarations.ts";
export type { Export, ModuleExports } from "./parse/imports.ts";
export type { Position } from "./lines.ts";

export type Language = "ts" | "tsx" | "jsx" | "dts";

export interface Module {
  /** Name for messages: the POSIX path from the project root. */
  readonly file: string;
  /** The text as given, byte order mark included; all offsets are UTF-16 indices into it. */
  readonly source: string;
  readonly lang: Language;
  /** ESTree with TypeScript nodes, without nodes for parentheses. */
  readonly program: Program;
  readonly comments: readonly Comment[];
  /** Names that import statements bind, in source order. */
  readonly imports: readonly ImportedName[];
  readonly exports: ModuleExports;
  /** Declarations at the top level by name; several for overloads and merged ones. */
  readonly declarations: ReadonlyMap<string, readonly Declaration[]>;
  /** What it declares for every module, in `declare global`. */
  readonly globals: ReadonlyMap<string, readonly Declaration[]>;
  lineOf(offset: number): number;
  positionOf(offset: number): Position;
}

/** A text that parsed, or why and where it did not. */
export type Parsed = { readonly module: Module } | { readonly problem: SpecProblem };

interface Syntax {
  readonly program: Program;
  readonly comments: readonly Comment[];
}

export interface SyntaxProblem {
  readonly message: string;
  readonly remedy: string;
  readonly offset: number;
}

const texts = new Map<string, Syntax | SyntaxProblem>();
let textSize = 0;

/** Beyond so many UTF-16 units all are forgotten; a tree is some hundred times as large as its text. */
const MOST_TEXT = 1 << 19;

/**
 * Parses text of no file, an example or an expected value, as the body of a module; what no module may say is a problem too.
 *
 * @returns a tree that is shared with others who ask for the same text, and not to be changed: an example is looked at when it is read,
 *   bundled and type-checked
 */
export function parseText(source: string, lang: Language): Syntax | SyntaxProblem {
  const key = `${lang} ${source}`;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const syntax = parse(`text.${lang}`, source, { lang, sourceType: "module", showSemanticErrors: true });
  textSize += key.length;
  if (textSize > MOST_TEXT) {
    texts.clear();
    textSize = key.length;
  }
  texts.set(key, syntax);
  return syntax;
}

function parseFile(source: string, file: string, lang: Language): Syntax | SyntaxProblem {
  if (!/\.jsx?$/.test(file)) return parse(file, source, { lang, sourceType: /\.c[jt]s$/.test(file) ? "commonjs" : "module" });
  const syntax = parse(file, source, { lang, sourceType: "unambiguous" });
  // Only CommonJS may say `return` at its top level.
  const other = "message" in syntax ? parse(file, source, { lang, sourceType: "commonjs" }) : syntax;
  return "message" in other ? syntax : other;
}

function parse(filename: string, source: string, options: ParserOptions): Syntax | SyntaxProblem {
  const deep = tooDeepAt(source);
  if (deep !== undefined) return { message: "the code nests too deep for the parser", remedy: "name the inner parts", offset: deep };
  const result = parseSync(filename, source, { ...options, astType: "ts", preserveParens: false });
  const error = result.errors.find(({ severity }) => severity === "Error");
  if (error === undefined) {
    return {
      program: result.program,
      // Made from Rust's data when first asked for.
      get comments() {
        return result.comments;
      },
    };
  }
  const remedy = error.helpMessage === null ? "mend the syntax there" : lowerFirst(plain(error.helpMessage));
  return { message: plain(error.message), remedy, offset: error.labels[0]?.start ?? 0 };
}

/** Like parseModule, with a syntax error as data. */
export function tryParseModule(source: string, file: string): Parsed {
  const positionOf = positionFinder(source);
  const lang = languageOf(file);
  const syntax = parseFile(source, file, lang);
  if ("message" in syntax) {
    const { line, column } = positionOf(syntax.offset);
    const error = new VibesafeTypeError(`${file}:${line}:${column}: ${syntax.message}`, { remedy: syntax.remedy });
    return { problem: { file, line, column, error } };
  }
  const { program } = syntax;
  const imports = importsOf(program);
  const module: Module = {
    file,
    source,
    lang,
    program,
    get comments() {
      return syntax.comments;
    },
    imports,
    exports: exportsOf(program, imports),
    declarations: declarationsOf(program),
    globals: globalsOf(program),
    lineOf: (offset) => positionOf(offset).line,
    positionOf,
  };
  return { module };
}

/**
 * Parses a module. The language follows from the extension, TypeScript where there is none.
 *
 * @param file - name for messages
 * @throws VibesafeTypeError for a syntax error, with line and column
 */
export function parseModule(source: string, file: string): Module {
  const parsed = tryParseModule(source, file);
  if ("problem" in parsed) throw parsed.problem.error;
  return parsed.module;
}

function languageOf(file: string): Language {
  if (/\.d\.(?:[^./]+\.)?[cm]?ts$/.test(file)) return "dts";
  if (file.endsWith(".tsx")) return "tsx";
  return /\.[cm]?jsx?$/.test(file) ? "jsx" : "ts";
}

/** One line, no full stop. */
function plain(message: string): string {
  return message.replaceAll(/\s+/g, " ").replace(/\.$/, "");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
