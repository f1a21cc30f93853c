/**
 * `vibe count-objects` (git-count-objects(1)).
 *
 * @module
 */

import { existsSync } from "node:fs";
import { countObjects } from "../store/count-objects.ts";
import { defineCommand, type Command } from "./command.ts";
import { requireStore } from "./store-of.ts";

export const command: Command = defineCommand({
  builder: (parser) => parser.option("verbose", { alias: "v", type: "boolean", describe: "Packs, garbage and alternates too" }).example("$0 -v", "all that is there"),
  handler: (args, context) => {
    const counted = countObjects(requireStore(context));
    context.document(counted);
    if (args.verbose !== true) {
      context.say(`${counted.count} objects, ${counted.size} kilobytes`);
      return 0;
    }
    const { count, size, inPack, packs, sizePack, prunePackable, garbage, sizeGarbage, alternates } = counted;
    const rows = { count, size, "in-pack": inPack, packs, "size-pack": sizePack, "prune-packable": prunePackable, garbage, "size-garbage": sizeGarbage };
    for (const [name, value] of Object.entries(rows)) context.say(`${name}: ${value}`);
    // The cache counts before it is made; git names what is there.
    for (const folder of alternates.filter((path) => existsSync(path))) context.say(`alternate: ${folder}`);
    return 0;
  },
});
