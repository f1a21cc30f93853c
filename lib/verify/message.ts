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
        ...field("expected", problem.expected),
        ...field("received", problem.received),
        ...(problem.changed === true ? ["(the code changed what the expectation names; write the expected value out if it may)"] : []),
        ...(problem.expected === problem.received ? ["(they print alike, but their types, prototypes or hidden parts differ)"] : []),
      ];
    case "printed":
      return [...field("expected to be printed", problem.expected), ...field("printed", problem.received)];
    case "inspected":
      return [...field("expected", problem.expected), ...field("received", problem.received)];
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
  const at = frames(stack).slice(0, 3).map(({ file, line }) => `${file}:${line}`);
  return [...field(label, text), ...(at.length === 0 ? [] : [`at ${at.join(", called from ")}`])];
}

function field(label: string, text: string): string[] {
  const trimmed = text.trimEnd();
  return trimmed.includes("\n") ? [`${label}:`, indent(trimmed)] : [`${label}: ${trimmed}`];
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
