/**
 * `vibe gc` (git-gc(1)).
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { graceSeconds } from "../history/approxidate.ts";
import { gc } from "../store/gc.ts";
import { defineCommand, type Command } from "./command.ts";
import { keepWhatGaveWay } from "./gave-way.ts";
import { requireStore } from "./store-of.ts";
import { count } from "./text.ts";

export const command: Command = defineCommand({
  builder: (parser) =>
    parser
      .option("dry-run", { alias: "n", type: "boolean", describe: "Tell what would be done, and do nothing" })
      .option("prune", { type: "string", describe: "How old the unreachable must be to go: now, never, 2.weeks.ago, a date; two weeks if not given" })
      .option("no-prune", { type: "boolean", describe: "The same as --prune=never" })
      .option("cache", { type: "boolean", describe: "Prune the cache too: candidates that no ref holds" })
      .option("pack-refs", { type: "boolean", describe: "Gather refs in one file, as git's gc does; files of their own merge better" })
      .option("quiet", { alias: "q", type: "boolean", describe: "Print nothing" })
      .conflicts("prune", "no-prune")
      .example("$0 --dry-run", "what would be packed and pruned"),
  handler: (args, context) => {
    const store = requireStore(context);
    keepWhatGaveWay(context);
    const now = Date.now() / 1000;
    const grace = args.noPrune === true ? Number.POSITIVE_INFINITY : graceSeconds(args.prune || "2.weeks.ago", now);
    if (grace === undefined) throw new VibesafeUsageError(`--prune: no date ${JSON.stringify(args.prune)}`, { remedy: "write now, never, 3.days.ago or 2025-10-30" });
    const report = gc(store, { graceSeconds: grace, now, dryRun: args.dryRun === true, cache: args.cache === true, packRefs: args.packRefs === true });
    context.document({ ...(args.dryRun === true && { dryRun: true }), ...report });
    if (args.quiet === true) return 0;
    const would = args.dryRun === true ? "would be " : "";
    context.say(`${count(report.packed, "object")} ${would}packed, ${report.pruned} ${would}pruned, ${report.kept} unreachable kept`);
    if (report.cacheCopies > 0) context.say(`${count(report.cacheCopies, "saved object")} ${would}removed from the cache`);
    if (report.packedRefs > 0) context.say(`${count(report.packedRefs, "ref")} ${would}packed`);
    context.say(`${kib(report.bytesBefore)} -> ${kib(report.bytesAfter)}`);
    return 0;
  },
});

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
