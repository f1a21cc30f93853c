/**
 * A verdict as a person reads it.
 *
 * @module
 */

import type { VerifiedGate } from "../spec/checkpoint/provenance.ts";
import { DIFFERENCE } from "../verify/message.ts";
import type { Colours } from "./colours.ts";
import { indent } from "./text.ts";

const NOUN: Readonly<Record<string, string>> = { examples: "Example", properties: "Property" };
const TITLE: Readonly<Record<string, string>> = { types: "Types", lint: "Lint", coverage: "Coverage" };

/** Lines of one gate: each example and property by itself, types and lint as one. */
export function gateLines(gate: VerifiedGate, colour: Colours): string[] {
  const noun = NOUN[gate.name];
  if (noun !== undefined && gate.details.length > 0) {
    return gate.details.flatMap(({ title, passed, message }, i) => {
      const which = `${noun} ${i + 1}/${gate.details.length}`;
      if (passed) return [`  ${colour.green("✓")} ${which} passed`];
      return [`  ${colour.red("✗")} ${which} failed: ${title}`, ...(message === undefined ? [] : [indent(coloured(message, colour), 6)])];
    });
  }
  if (gate.name === "mutation") return mutationLines(gate, colour);
  if (gate.name === "coverage" && gate.passed) {
    const missed = gate.details.filter(({ message }) => message !== undefined);
    return missed.flatMap(({ title, message = "" }) => [`  ${colour.yellow("⚠")} ${title}`, indent(message, 8)]);
  }
  const name = `${TITLE[gate.name] ?? noun ?? gate.name}${noun === undefined ? ` (${gate.tool})` : "s"}`;
  if (gate.passed) return noun === undefined ? [`  ${colour.green("✓")} ${name}`] : [];
  return [
    `  ${colour.red("✗")} ${name}`,
    ...gate.details.filter(({ passed }) => !passed).map(({ title, message }) => indent(message === undefined ? title : `${title}\n${indent(message, 2)}`, 6)),
  ];
}

/** What no example notices, each as a difference, then the score. */
function mutationLines({ passed, details }: VerifiedGate, colour: Colours): string[] {
  const unnoticed = details.slice(0, -1).flatMap(({ title, message = "" }) => [
    `  ${passed ? colour.yellow("⚠") : colour.red("✗")} ${title}`,
    ...message.split("\n").map((line) => `        ${line.startsWith("-") ? colour.red(line) : colour.green(line)}`),
  ]);
  return [...unnoticed, `  ${passed ? colour.green("✓") : colour.red("✗")} Mutation: ${details.at(-1)?.title ?? ""}`];
}

/** A failure's text with its labels and its difference in colour: what is there green, what should not be red. */
function coloured(message: string, colour: Colours): string {
  let inDifference = false;
  return message
    .split("\n")
    .map((line) => {
      if (line === DIFFERENCE) inDifference = true;
      else if (!line.startsWith("  ")) inDifference = false;
      else if (inDifference && line.startsWith("  -")) return colour.green(line);
      else if (inDifference && line.startsWith("  +")) return colour.red(line);
      return line.replace(/^expected(?: to be printed| to throw)?:/, colour.green).replace(/^(?:received|threw|returned):/, colour.red);
    })
    .join("\n");
}

/** The gates of JSON documents; `message` joins what failed. */
export function gateDocuments(gates: readonly VerifiedGate[]): unknown[] {
  return gates.map(({ name, passed, tool, version, durationMs, details }) => {
    const failures = details.filter((detail) => !detail.passed).map(({ title, message }) => (message === undefined ? title : `${title}\n${message}`));
    return { name, passed, tool, version, durationMs, ...(!passed && { message: failures.join("\n") }) };
  });
}
