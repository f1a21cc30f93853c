/**
 * `vibe count-objects` (git-count-objects(1)).
 *
 * @module
 */

import { existsSync } from "node:fs";
import { countObjects } from "../store/count-objects.ts";
import { defineCommand, type Command } from "./command.ts";
import { requireStore } from "./store-of.ts";
import { humanSize } from "./text.ts";

export const command: Command = defineCommand({
  builder: (parser) =>
    parser
      .option("verbose", { alias: "v", type: "boolean", describe: "Packs, garbage and alternates too" })
      .option("human-readable", { alias: "H", type: "boolean", describe: "Sizes in the unit that fits" })
      .example("$0 -vH", "all that is there"),
  plain: ({ flag }) => ({ verbose: flag("verbose", "v"), humanReadable: flag("human-readable", "H") }),
  handler: (args, context) => {
    const bytes = countObjects(requireStore(context));
    const { count, inPack, packs, prunePackable, garbage, alternates } = bytes;
    context.document({ ...bytes, size: kib(bytes.size), sizePack: kib(bytes.sizePack), sizeGarbage: kib(bytes.sizeGarbage) });
    const show = args.humanReadable === true ? humanSize : kib;
    const [size, sizePack, sizeGarbage] = [show(bytes.size), show(bytes.sizePack), show(bytes.sizeGarbage)];
    if (args.verbose !== true) {
      context.say(`${count} objects, ${size}${args.humanReadable === true ? "" : " kilobytes"}`);
      return 0;
    }
    const rows = { count, size, "in-pack": inPack, packs, "size-pack": sizePack, "prune-packable": prunePackable, garbage, "size-garbage": sizeGarbage };
    for (const [name, value] of Object.entries(rows)) context.say(`${name}: ${value}`);
    // The cache counts before it is made; git names what is there.
    for (const folder of alternates.filter((path) => existsSync(path))) context.say(`alternate: ${folder}`);
    return 0;
  },
});

function kib(bytes: number): number {
  return Math.floor(bytes / 1024);
}
