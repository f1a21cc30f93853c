/**
 * Failures in words that a person and a model can act on: no colour, no time, no path of the machine.
 *
 * @module
 */

import type { Example } from "../spec/types.ts";
import type { Problem, StepReport, Thrown } from "./sandbox/protocol.ts";
import type { Frame } from "./source-map.ts";

export type FramesOf = (stack: string) => readonly Frame[];

/** First line of a statement, with a mark when there are more. */
export function titleOf(source: string): string {
  const [first = "", ...more] = source.trim().split("\n");
  return more.length === 0 ? first : `${first} …`;
}

/** Why an example failed. */
export function exampleMessage(file: string, { source, line }: Pick<Example, "source" | "line">, report: StepReport, frames: FramesOf): string {
  const lines = [`${file}:${line}:`, indent(source.trimEnd())];
  if (report.problem !== undefined) lines.push(...problemLines(report.problem, frames));
  const shown = report.printed.trimEnd();
  if (shown !== "" && report.problem?.kind !== "printed") lines.push(...field("printed", shown));
  return lines.join("\n");
}

export function problemLines(problem: Problem, frames: FramesOf): string[] {
  switch (problem.kind) {
    case "value":
      return [
        ...difference("expected", problem.expected, "received", problem.received),
        ...(problem.changed === true ? ["(the code changed what the expectation names; write the expected value out if it may)"] : []),
        ...(problem.expected === problem.received ? ["(they print alike, but their types, prototypes or hidden parts differ)"] : []),
      ];
    case "printed":
      return difference("expected to be printed", problem.expected, "printed", problem.received);
    case "inspected":
      return difference("expected", problem.expected, "received", problem.received);
    case "threw":
      return [...(problem.expected === undefined ? [] : field("expected", problem.expected)), ...thrownLines("threw", problem.error, frames)];
    case "wrongError":
      return [...field("expected to throw", problem.expected), ...thrownLines("threw", problem.error, frames)];
    case "noError":
      return [...field("expected to throw", problem.expected), ...field("returned", problem.received)];
    case "refused":
      return [`the value cannot be judged: ${problem.reason}`];
    case "pending":
      return [`the example ${problem.reason}`];
    case "expectation":
      return thrownLines("the expected expression itself threw", problem.error, frames);
  }
}

export function thrownLines(label: string, { text, stack }: Thrown, frames: FramesOf): string[] {
  const shown = frames(stack).slice(0, 3);
  const at = shown.map(({ file, line }) => `${file}:${line}`);
  const code = shown[0]?.code?.trim() ?? "";
  return [...field(label, text), ...(at.length === 0 ? [] : [`at ${at.join(", called from ")}`]), ...(code === "" ? [] : [`    ${code}`])];
}

/** Both texts; where they are long, also where they part. */
function difference(wantedLabel: string, wanted: string, gotLabel: string, got: string): string[] {
  const fields = [...field(wantedLabel, wanted), ...field(gotLabel, got)];
  const [ours, theirs] = [wanted.trimEnd(), got.trimEnd()];
  if (ours.includes("\n") || theirs.includes("\n")) return [...fields, DIFFERENCE, ...diffLines(ours.split("\n"), theirs.split("\n"))];
  let same = 0;
  while (same < ours.length && ours[same] === theirs[same]) same++;
  if (same < MARK_FROM || (same === ours.length && same === theirs.length)) return fields;
  return [...fields, `they part after ${JSON.stringify(ours.slice(Math.max(0, same - MARK_FROM), same))}: ${JSON.stringify(ours.slice(same, same + MARK_FROM))} expected, not ${JSON.stringify(theirs.slice(same, same + MARK_FROM))}`];
}

/** Heads lines that begin with `-` (expected), `+` (received) or a blank (both). */
export const DIFFERENCE = "difference (- expected, + received):";

/** Characters that two lines share before it pays to say where they part. */
const MARK_FROM = 24;

/** Lines of both texts, aligned by their longest common subsequence. */
function diffLines(wanted: readonly string[], got: readonly string[]): string[] {
  if (wanted.length * got.length > MAX_DIFF) return ["  (too long to be aligned)"];
  const common = Array.from({ length: wanted.length + 1 }, () => new Uint32Array(got.length + 1));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = wanted.length - 1; i >= 0; i--) {
    const row = common[i];
    for (let j = got.length - 1; j >= 0 && row !== undefined; j--) row[j] = wanted[i] === got[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < wanted.length || j < got.length; ) {
    if (i < wanted.length && j < got.length && wanted[i] === got[j]) {
      lines.push(`    ${wanted[i++] ?? ""}`.trimEnd());
      j++;
    } else if (j >= got.length || (i < wanted.length && at(i + 1, j) >= at(i, j + 1))) lines.push(`  - ${wanted[i++] ?? ""}`.trimEnd());
    else lines.push(`  + ${got[j++] ?? ""}`.trimEnd());
  }
  return lines;
}

/** Cells of the table that aligns two texts. */
const MAX_DIFF = 1_000_000;

function field(label: string, text: string): string[] {
  const trimmed = text.trimEnd();
  return trimmed.includes("\n") ? [`${label}:`, indent(trimmed)] : [`${label}: ${trimmed}`];
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
