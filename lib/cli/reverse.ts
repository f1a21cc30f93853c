/**
 * What `vibe undo` and `vibe redo` share.
 *
 * @module
 */

import type { redoOperation, undoOperation } from "../history/undo.ts";
import { isDecisive } from "../history/operations.ts";
import { refUnit } from "../spec/unit-id.ts";
import { defineCommand, type Command } from "./command.ts";
import { moverOf } from "./operation.ts";
import { requireStore } from "./store-of.ts";
import { short } from "./text.ts";

/** @param what - the first word of what is printed, and the JSON key of the command line */
export function reversalCommand(work: typeof undoOperation | typeof redoOperation, what: "undid" | "redid", example: string): Command {
  return defineCommand({
    builder: (parser) => parser.option("dry-run", { type: "boolean", describe: "Tell what would move, and change nothing" }).example("$0", example),
    handler: (args, context) => {
      const dryRun = args.dryRun === true;
      const { operation, moves } = work(requireStore(context), moverOf(context), { dryRun });
      context.document({ ...(dryRun && { dryRun }), [what]: operation.command, moves });
      context.say(`${dryRun ? `would have ${what.replace("did", "done")}` : what}: ${operation.command}`);
      for (const { ref, from, to } of moves.filter(isDecisive)) context.say(`  ${refUnit(ref) ?? ref} ${from === null ? "(none)" : short(from)} -> ${to === null ? "(none)" : short(to)}`);
      return 0;
    },
  });
}
