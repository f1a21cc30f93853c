/**
 * Test Anything Protocol, version 14 (testanything.org): a subtest a unit, a test point a case.
 *
 * @module
 */

import type { ReportedCase, Reporter } from "./report.ts";

export const tap: Reporter = (context, units) => {
  context.say("TAP version 14");
  context.say(`1..${units.length}`);
  units.forEach(({ id, passed, gates, error }, i) => {
    const cases = gates.flatMap((gate) => gate.cases);
    if (cases.length > 0) {
      context.say(`# Subtest: ${escaped(id)}`);
      context.say(`    1..${cases.length}`);
      cases.forEach((one, k) => sayCase((line) => context.say(`    ${line}`), one, k + 1));
    }
    sayCase((line) => context.say(line), { name: id, passed, ...(error !== undefined && { message: `${error.message}\nfix: ${error.remedy}` }) }, i + 1);
  });
};

function sayCase(say: (line: string) => void, { name, passed, message }: ReportedCase, number: number): void {
  say(`${passed ? "ok" : "not ok"} ${number} - ${escaped(name)}`);
  if (passed || message === undefined) return;
  say("  ---");
  say("  message: |-");
  for (const line of message.split("\n")) say(`    ${line}`.trimEnd());
  say("  ...");
}

/** `#` starts a directive, a backslash escapes. */
function escaped(text: string): string {
  return text.replaceAll(/[\\#]/g, "\\$&").replaceAll(/\s+/g, " ");
}
