/**
 * `vibe scan`
 *
 * @module
 */

import { readStandings } from "../spec/standing.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import { beginAnswer } from "./keep-answer.ts";
import { movedUses } from "./moved-uses.ts";
import { sayUnits, scanDocuments, STATUS_TEXT } from "./scan-text.ts";
import { brokenDocuments, brokenStatus, complainAbout, selectIndexed } from "./units.ts";
import { updateShims } from "./write-shims.ts";
import { wantsWatch, watchUnits, type Look } from "./watch.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("watch", { type: "boolean", describe: "Then tell what each edit changes, until Ctrl-C" })
      .option("write-shims", { type: "boolean", describe: "Write the modules through which functions tagged @vibesafe are used" })
      .example("$0", "all units")
      .example("$0 'examples/**'", "those below a folder"),
  handler: (args, context) => {
    const watching = wantsWatch(context, args);
    const keep = beginAnswer(context);
    const { units, broken } = selectIndexed(context, targetsOf(args));
    const standings = readStandings(context.store());
    const rows = units.map((unit) => ({ unit, standing: standings.of(unit.id, unit.specHash()) }));
    const moved = movedUses(context, standings);
    const said = rows.map(({ unit, standing }) => ({ unit, specHash: unit.specHash(), status: standing.status, checkpointHash: standing.active?.checkpointHash, moved: moved.of(unit, standing) }));
    standings.save();
    const writing = args["write-shims"] === true;
    const shims = writing ? updateShims(context, targetsOf(args), units, broken) : [];
    context.document({
      units: scanDocuments(said),
      ...(writing && { shims }),
      errors: brokenDocuments(broken),
    });
    complainAbout(context, broken);
    sayUnits(context, said);
    for (const { path, status } of shims) context.say(`${status === "removed" ? "removed" : "wrote"} ${path}`);
    if (writing && shims.length === 0) context.say("Shims are up to date.");
    if (watching) return watchUnits(context, targetsOf(args), async (look) => tell(look));
    const status = brokenStatus(broken);
    if (!writing) keep({ standings, rows, moved }, status);
    return status;
  },
});

/** One line for each unit that an edit changed. */
function tell({ context, changes, broken }: Look): void {
  for (const { id, before, after } of changes) {
    const was = before !== undefined && after !== undefined && before !== after ? `, was ${before}` : "";
    context.say(`${before === undefined ? "+" : after === undefined ? "-" : "~"} ${id}  ${after === undefined ? "gone" : `${STATUS_TEXT[after]}${was}`}`);
  }
  complainAbout(context, broken);
}
