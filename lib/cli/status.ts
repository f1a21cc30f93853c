/**
 * `vibe status`
 *
 * @module
 */

import { readStandings } from "../spec/standing.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import { keepWhatGaveWay } from "./gave-way.ts";
import { beginAnswer } from "./keep-answer.ts";
import { movedUses } from "./moved-uses.ts";
import { sayStatus } from "./status-text.ts";
import { brokenByUnit, brokenDocuments, brokenStatus, complainAbout, selectIndexed } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) => targetOptions(parser).example("$0", "the whole project"),
  handler: (args, context) => {
    keepWhatGaveWay(context);
    const keep = beginAnswer(context);
    const { units, broken } = selectIndexed(context, targetsOf(args));
    const standings = readStandings(context.store());
    const moves = movedUses(context, standings);
    const rows = units.map((unit) => {
      const standing = standings.of(unit.id, unit.specHash());
      const { status, active } = standing;
      const moved = moves.of(unit, standing);
      return { unit, standing, status, moved, ready: status === "active" && moved.length === 0 && active !== undefined && standings.isVerified(active) };
    });
    standings.save();
    sayStatus(context, { rows, lost: brokenByUnit(broken).length, broken, errors: brokenDocuments(broken) });
    complainAbout(context, broken);
    const exit = brokenStatus(broken);
    keep({ standings, moved: moves, rows: rows.map(({ unit, standing, status, ready }) => ({ unit, standing, verified: status === "active" ? ready : undefined })) }, exit);
    return exit;
  },
});
