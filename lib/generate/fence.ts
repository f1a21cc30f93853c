/**
 * Fenced code blocks of Markdown (CommonMark 0.31.2, sections 4.5, 5.1 and 5.2).
 *
 * @module
 */

export interface FencedBlock {
  /** Text after the opening fence, trimmed; `ts` in "```ts". */
  readonly info: string;
  /** Lines between the fences, each ended by LF, the fence's own indentation removed. */
  readonly content: string;
  /** False when the text ends before a closing fence comes. */
  readonly closed: boolean;
}

interface OpenFence {
  readonly marker: "`" | "~";
  readonly length: number;
  readonly indent: number;
  readonly info: string;
  readonly containers: readonly Container[];
  readonly lines: string[];
}

/** A list item, by the column that its content must reach, or a block quote. */
type Container = { readonly kind: "item"; readonly width: number } | { readonly kind: "quote" };

/**
 * Finds the fenced code blocks of `markdown`, in order; those inside list items and block quotes too.
 *
 * What stands inside a block is content: a shorter fence, or one of the other kind, does not end it. A block that is not closed
 * runs to the end of what contains it.
 *
 * @param markdown - with LF line ends
 */
export function fencedBlocks(markdown: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let containers: Container[] = [];
  let open: OpenFence | undefined;
  const close = (closed: boolean): void => {
    if (open !== undefined) blocks.push({ info: open.info, content: open.lines.map((line) => `${line}\n`).join(""), closed });
    open = undefined;
  };
  for (const line of linesOf(markdown)) {
    if (open !== undefined) {
      const inside = enter(line, open.containers);
      if (inside.depth === open.containers.length) {
        if (closes(inside.rest, open)) close(true);
        else open.lines.push(outdent(inside.rest, open.indent));
        continue;
      }
      close(false);
    }
    const inside = enter(line, containers);
    containers = containers.slice(0, inside.depth);
    let rest = inside.rest;
    for (let next = enterNew(rest); next !== undefined; next = enterNew(rest)) {
      containers.push(next.container);
      rest = next.rest;
    }
    const opening = /^( {0,3})(`{3,}|~{3,})(.*)$/s.exec(rest);
    const [, indent = "", fence = "", info = ""] = opening ?? [];
    if (opening === null || (fence.startsWith("`") && info.includes("`"))) continue;
    const marker = fence.startsWith("`") ? "`" : "~";
    open = { marker, length: fence.length, indent: indent.length, info: info.trim(), containers: [...containers], lines: [] };
  }
  close(false);
  return blocks;
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Follows `line` into the containers that are open; `depth` says how many of them it continues. */
function enter(line: string, containers: readonly Container[]): { depth: number; rest: string } {
  let rest = line;
  for (const [depth, container] of containers.entries()) {
    if (container.kind === "quote") {
      const marker = /^ {0,3}> ?/.exec(rest);
      if (marker === null) return { depth, rest };
      rest = rest.slice(marker[0].length);
    } else if (rest.trim() === "") {
      rest = "";
    } else if (indentOf(rest) >= container.width) {
      rest = outdent(rest, container.width);
    } else {
      return { depth, rest };
    }
  }
  return { depth: containers.length, rest };
}

/** A container that begins in this line. */
function enterNew(line: string): { container: Container; rest: string } | undefined {
  const quote = /^ {0,3}> ?/.exec(line);
  if (quote !== null) return { container: { kind: "quote" }, rest: line.slice(quote[0].length) };
  const item = /^( {0,3}(?:[-+*]|\d{1,9}[.)]))( {1,4}(?! )| (?= {4})|\t|$)/.exec(line);
  if (item === null) return undefined;
  const [marker, before = "", gap = ""] = item;
  return { container: { kind: "item", width: before.length + Math.max(gap.length, 1) }, rest: line.slice(marker.length) };
}

function closes(line: string, open: OpenFence): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
  return fence !== undefined && fence.startsWith(open.marker) && fence.length >= open.length;
}

/** Columns of white space that `line` begins with; a tab reaches the next multiple of four. */
function indentOf(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === " ") columns += 1;
    else if (character === "\t") columns += 4 - (columns % 4);
    else break;
  }
  return columns;
}

/** Removes up to `columns` columns of indentation. */
function outdent(line: string, columns: number): string {
  let at = 0;
  let removed = 0;
  while (removed < columns && (line[at] === " " || line[at] === "\t")) {
    removed += line[at] === "\t" ? 4 - (removed % 4) : 1;
    at += 1;
  }
  return " ".repeat(Math.max(removed - columns, 0)) + line.slice(at);
}
