/**
 * JUnit's XML, as CI servers read it (llg.cubic.org/docs/junit): a suite a unit, a case an example, property or diagnostic.
 *
 * @module
 */

import type { ReportedCase, Reporter, ReportedUnit } from "./report.ts";

export const junit: Reporter = (context, units) => {
  const cases = units.flatMap(casesOf);
  context.say('<?xml version="1.0" encoding="UTF-8"?>');
  context.say(`<testsuites name="vibe test" tests="${cases.length}" failures="${failures(cases)}">`);
  for (const unit of units) {
    const own = casesOf(unit);
    const seconds = unit.gates.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
    context.say(`  <testsuite name="${escaped(unit.id)}" tests="${own.length}" failures="${failures(own)}" time="${seconds}" file="${escaped(unit.file)}">`);
    for (const { name, passed, message } of own) {
      const head = `    <testcase classname="${escaped(unit.id)}" name="${escaped(name)}" file="${escaped(unit.file)}" line="${unit.line}"`;
      if (passed) context.say(`${head}/>`);
      else context.say(`${head}>\n      <failure message="${escaped((message ?? name).split("\n")[0] ?? "")}">${escaped(message ?? name)}</failure>\n    </testcase>`);
    }
    context.say("  </testsuite>");
  }
  context.say("</testsuites>");
};

function casesOf({ gates, error }: ReportedUnit): readonly ReportedCase[] {
  if (error !== undefined) return [{ name: "is compiled", passed: false, message: `${error.message}\nfix: ${error.remedy}` }];
  return gates.flatMap((gate) => gate.cases);
}

function failures(cases: readonly ReportedCase[]): number {
  return cases.filter(({ passed }) => !passed).length;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;" };

/** Text for attributes and content; what XML 1.0 cannot hold at all becomes U+FFFD. */
function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters that XML excludes (XML 1.0, production 2)
  return text.replaceAll(/\p{Surrogate}/gu, "\uFFFD").replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD").replaceAll(/[&<>"\n]/g, (char) => ENTITIES[char] ?? char);
}
