/**
 * `vibe status`
 *
 * @module
 */

import { readStandings } from "../spec/standing.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import { beginAnswer } from "./keep-answer.ts";
import { nextStep } from "./next-step.ts";
import { brokenByUnit, brokenDocuments, brokenStatus, complainAbout, selectIndexed } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) => targetOptions(parser).example("$0", "the whole project"),
  handler: (args, context) => {
    const keep = beginAnswer(context);
    const { units, broken } = selectIndexed(context, targetsOf(args));
    const standings = readStandings(context.store());
    const rows = units.map((unit) => {
      const { status, active } = standings.of(unit.id, unit.specHash());
      return { unit, status, ready: status === "active" && active !== undefined && standings.isVerified(active) };
    });
    standings.save();
    const of = (status: string): number => rows.filter((row) => row.status === status).length;
    const lost = brokenByUnit(broken).length;
    const total = rows.length + lost;
    const ready = rows.filter((row) => row.ready).length;
    const examples = rows.reduce((sum, { unit }) => sum + unit.examples, 0);
    const coverage = total === 0 ? 0 : Math.floor((ready / total) * 100);
    const steps = [...broken.map(({ file, line }) => ({ title: "Mend", what: `${file}:${line}`, command: "vibe scan" })), ...rows.flatMap(({ unit, status, ready }) => nextStep(unit, status, ready) ?? [])];
    const counts = { total, active: of("active"), missing: of("missing"), drift: of("drift"), candidate: of("candidate") };
    context.document({
      units: { ...counts, ...(lost > 0 && { broken: lost }) },
      examples,
      coverage,
      next: steps.map(({ command: line }) => line),
      ...(broken.length > 0 && { errors: brokenDocuments(broken) }),
    });
    const { colour } = context;
    const mark = (n: number): string => (n === 0 ? colour.dim("·") : colour.yellow("⚠"));
    context.say(colour.bold("vibesafe status"));
    context.say("───────────────");
    context.say(`Units: ${total} total`);
    context.say(`  ${colour.green("✓")} ${counts.active} with active checkpoints`);
    context.say(`  ${mark(counts.missing)} ${counts.missing} missing checkpoints`);
    context.say(`  ${mark(counts.drift)} ${counts.drift} with drift`);
    if (counts.candidate > 0) context.say(`  ${colour.cyan("…")} ${counts.candidate} compiled, not saved`);
    if (lost > 0) context.say(`  ${colour.red("✗")} ${lost} that cannot be read`);
    context.say(`Examples: ${examples} total`);
    context.say(`Coverage: ${coverage}% (${ready}/${total} units production-ready)`);
    if (steps.length > 0) context.say("\nNext steps:");
    for (const { title, what } of steps) context.say(`  - ${title}: ${what}`);
    complainAbout(context, broken);
    const exit = brokenStatus(broken);
    keep(standings, exit);
    return exit;
  },
});
