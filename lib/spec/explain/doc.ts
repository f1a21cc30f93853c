/**
 * Changes of a doc comment, in words: its prose, its examples, its properties.
 *
 * @module
 */

import { added, modified, removed, short, type Change } from "./change.ts";
import { diffLines } from "./lines.ts";

/** A doc comment taken apart as a reader sees it. */
interface DocParts {
  readonly prose: readonly string[];
  /** Statement -> what it expects. */
  readonly examples: readonly Pair[];
  readonly properties: readonly string[];
}

interface Pair {
  readonly source: string;
  readonly expected: string;
}

export function explainDoc(before: string, after: string): Change[] {
  const [old, now] = [takeApart(before), takeApart(after)];
  return [
    ...explainProse(old.prose, now.prose),
    ...explainExamples(old.examples, now.examples),
    ...explainProperties(old.properties, now.properties),
  ];
}

function explainProse(before: readonly string[], after: readonly string[]): Change[] {
  return diffLines(before, after).map(({ removed: gone, added: come }) => {
    const [old, now] = [gone.join("\n"), come.join("\n")];
    if (come.length === 0) return removed("doc", old, `Modified docstring: removed "${short(old)}"`);
    if (gone.length === 0) return added("doc", now, `Modified docstring: added "${short(now)}"`);
    return modified("doc", old, now, `Modified docstring: "${short(old)}" -> "${short(now)}"`);
  });
}

/** Matches examples by their statement, equal ones in order; what is left over came or went. */
function explainExamples(before: readonly Pair[], after: readonly Pair[]): Change[] {
  const left = [...before];
  const changes: Change[] = [];
  const come: Pair[] = [];
  const exact = new Set<Pair>();
  for (const example of after) {
    const at = left.findIndex((old) => old.source === example.source && old.expected === example.expected);
    if (at === -1) continue;
    left.splice(at, 1);
    exact.add(example);
  }
  for (const example of after) {
    if (exact.has(example)) continue;
    const at = left.findIndex((old) => old.source === example.source);
    const [old] = at === -1 ? [] : left.splice(at, 1);
    if (old === undefined) come.push(example);
    else {
      const text = `Modified expectation of example ${short(example.source)}: ${shown(old)} -> ${shown(example)}`;
      changes.push(modified("examples", showExample(old), showExample(example), text));
    }
  }
  changes.push(...come.map((example) => added("examples", showExample(example), `Added example: ${short(example.source)}`)));
  changes.push(...left.map((example) => removed("examples", showExample(example), `Removed example: ${short(example.source)}`)));
  if (changes.length === 0 && before.length > 1) {
    const order = (pairs: readonly Pair[]): string => pairs.map(showExample).join("\n");
    if (order(before) !== order(after)) changes.push(modified("examples", order(before), order(after), "Reordered examples"));
  }
  return changes;
}

function explainProperties(before: readonly string[], after: readonly string[]): Change[] {
  return diffLines(before, after).flatMap(({ removed: gone, added: come }) =>
    gone.length === come.length
      ? gone.map((old, i) => modified("properties", old, come[i] ?? "", `Modified property: ${short(come[i] ?? "")}`))
      : [
          ...come.map((property) => added("properties", property, `Added property: ${short(property)}`)),
          ...gone.map((property) => removed("properties", property, `Removed property: ${short(property)}`)),
        ],
  );
}

function shown({ expected }: Pair): string {
  return expected === "" ? "nothing" : short(expected);
}

function showExample({ source, expected }: Pair): string {
  return expected === "" ? source : `${source}\n${expected}`;
}

/** Splits by the grammar's marks alone, so that a doc comment that the grammar refuses can still be explained. */
function takeApart(doc: string): DocParts {
  const prose: string[] = [];
  const examples: { source: string; expected: string[] }[] = [];
  const properties: string[] = [];
  let open: "prose" | "source" | "expected" | "property" = "prose";
  let block: string[] = [];
  for (const line of doc === "" ? [] : doc.split("\n")) {
    const example = examples.at(-1);
    if (open === "property") {
      if (/^\s*```\s*$/.test(line)) {
        properties.push(block.join("\n"));
        open = "prose";
      } else block.push(line);
    } else if (/^\s*```\s*fast-check\b/.test(line)) {
      open = "property";
      block = [];
    } else if (/^\s*>>>( |$)/.test(line)) {
      examples.push({ source: line.replace(/^\s*>>> ?/, ""), expected: [] });
      open = "source";
    } else if (open === "source" && example !== undefined && /^\s*\.\.\.( |$)/.test(line)) {
      example.source += `\n${line.replace(/^\s*\.\.\. ?/, "")}`;
    } else if (open !== "prose" && example !== undefined && line.trim() !== "") {
      example.expected.push(line.trimEnd());
      open = "expected";
    } else {
      open = "prose";
      prose.push(line);
    }
  }
  if (open === "property") properties.push(block.join("\n"));
  return { prose, examples: examples.map(({ source, expected }) => ({ source, expected: expected.join("\n") })), properties };
}
