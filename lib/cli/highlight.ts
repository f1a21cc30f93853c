/**
 * Generated code in colours: what the parser says is a literal or a comment, and the keywords in between.
 *
 * @module
 */

import type { Node } from "../spec/ast.ts";
import { parseText } from "../spec/parse.ts";
import { walkTree } from "../spec/walk.ts";
import type { Colours } from "./colours.ts";

type Paint = (text: string) => string;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly paint: Paint;
}

const KEYWORDS =
  /(?<![.\w$])(?:abstract|as|async|await|break|case|catch|class|const|continue|declare|default|delete|do|else|enum|export|extends|finally|for|from|function|if|implements|import|in|infer|instanceof|interface|is|keyof|let|namespace|new|of|readonly|return|satisfies|static|super|switch|this|throw|try|type|typeof|var|void|while|yield)(?![\w$]|\s*:)/g;

/** Colours TypeScript; gives it back as it is where it does not parse. */
export function highlight(code: string, colour: Colours): string {
  const parsed = parseText(code, "ts");
  if (!("program" in parsed)) return code;
  const spans: Span[] = parsed.comments.map(({ start, end }) => ({ start, end, paint: colour.dim }));
  walkTree(parsed.program, (node) => void spans.push(...spanOf(node, colour)));
  spans.sort((a, b) => a.start - b.start);
  let shown = "";
  let at = 0;
  for (const { start, end, paint } of spans) {
    if (start < at) continue;
    shown += keywords(code.slice(at, start), colour) + eachLine(code.slice(start, end), paint);
    at = end;
  }
  return shown + keywords(code.slice(at), colour);
}

function spanOf(node: Node, colour: Colours): Span[] {
  if (node.type === "TemplateElement") return [{ start: node.start, end: node.end, paint: colour.green }];
  if (node.type !== "Literal") return [];
  const isText = typeof node.value === "string" || "regex" in node;
  return [{ start: node.start, end: node.end, paint: isText ? colour.green : colour.yellow }];
}

function keywords(code: string, colour: Colours): string {
  return code.replaceAll(KEYWORDS, (word) => colour.cyan(word));
}

/** Colours end with their line, so that a pager or a prefix of the next line shows as it should. */
function eachLine(text: string, paint: Paint): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : paint(line)))
    .join("\n");
}
