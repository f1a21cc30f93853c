/**
 * `vibe fsck`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { fsck } from "../store/fsck.ts";
import { defineCommand, type Command } from "./command.ts";
import { count, short } from "./text.ts";

export const command: Command = defineCommand({
  builder: (parser) => parser.example("$0", "exits 4 when anything in the store is damaged or missing"),
  handler: (_args, context) => {
    const store = context.store();
    if (store === undefined) throw new VibesafeUsageError("there is no store yet", { remedy: "run `vibe init`, or `vibe compile`, which makes it" });
    const report = fsck(store);
    context.document(report);
    for (const { id, kind, detail } of report.problems) context.say(`${context.colour.red(kind)} ${/^[0-9a-f]{64}$/.test(id) ? short(id) : id}: ${detail}`);
    context.say(report.ok ? `${context.colour.green("✓")} ${count(report.objects, "object")}, nothing damaged` : `${context.colour.red("✗")} ${count(report.problems.length, "problem")} in ${count(report.objects, "object")}`);
    return report.ok ? 0 : 4;
  },
});
