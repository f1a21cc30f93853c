/**
 * What the model is told about a reply that was not kept. It becomes part of the winning prompt, so it holds no time, no path of the
 * machine and nothing random.
 *
 * @module
 */

import type { VerifiedGate } from "../spec/checkpoint/provenance.ts";

const GATE_TITLE: Readonly<Record<string, string>> = {
  examples: "Examples that failed",
  types: "The type checker (tsc) says",
  lint: "The linter (oxlint) says",
  properties: "Property tests that failed",
  mutation: "Changes to this code that no example notices; leave out what the spec does not ask for",
  coverage: "No example reaches these branches; leave out what the spec does not ask for",
};

/** Feedback on a reply that did not get through validation. */
export function rejectionFeedback(code: string, message: string): string {
  return `${quoteCode(code)}\n\nGenerated code was invalid:\n${message}`;
}

/** Feedback on code that a gate failed. */
export function gateFeedback(code: string, gates: readonly VerifiedGate[]): string {
  const parts = gates.filter(({ passed }) => !passed).map((gate) => `${GATE_TITLE[gate.name] ?? `The gate ${gate.name} says`}:\n${failuresOf(gate)}`);
  return `${quoteCode(code)}\n\n${parts.join("\n\n")}`;
}

/** The failing lines of a gate, one after the other. */
export function failuresOf(gate: VerifiedGate): string {
  return gate.details
    .filter(({ passed }) => !passed)
    .map(({ title, message }) => (message === undefined ? title : `${title}\n${indent(message)}`))
    .join("\n");
}

export function indent(text: string, by = "  "): string {
  return text.replaceAll(/^(?=.)/gm, by);
}

/** A fence longer than any in the code, so that the code cannot end it. */
function quoteCode(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `The code was:\n${fence}ts\n${code.trimEnd()}\n${fence}`;
}
