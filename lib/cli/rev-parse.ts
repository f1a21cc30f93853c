/**
 * `vibe rev-parse`: from revisions to ids (git-rev-parse(1)).
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { resolveObject } from "../history/revision.ts";
import { abbreviate } from "../history/short-id.ts";
import type { ObjectId } from "../store/id.ts";
import { defineCommand, type Command } from "./command.ts";
import { optionalNumber } from "./optional-value.ts";
import { requireStore } from "./store-of.ts";

export const command: Command = defineCommand({
  positionals: "[revs..]",
  builder: (parser) =>
    parser
      .positional("revs", { type: "string", array: true, describe: "Revisions; A..B is two, ^A is what to leave out" })
      .option("verify", { type: "boolean", describe: "Exactly one revision must be given" })
      .option("quiet", { alias: "q", type: "boolean", describe: "With --verify: exit 1 in silence instead of an error" })
      .option("short", { type: "string", describe: "The shortest unambiguous id; =N for at least N digits" })
      .example("$0 --short src.hello/greet~1", "the save before the active one"),
  plain: ({ flag, text, words }) => ({ verify: flag("verify"), quiet: flag("quiet", "q"), short: text("short"), revs: words() }),
  handler: (args, context) => {
    const store = requireStore(context);
    const { number: digits, args: revisions } = optionalNumber(args.short, args.revs ?? []);
    const single = args.verify === true || args.short !== undefined;
    if (single && revisions.length !== 1) throw new VibesafeUsageError(`one revision is needed, ${revisions.length} are given`, { remedy: "name one, as in `vibe rev-parse --verify src.hello/greet`" });
    const show = (id: ObjectId): string => (args.short === undefined ? id : abbreviate(store, id, digits));
    try {
      const found = revisions.flatMap((revision) => (single ? [revision] : expand(revision))).map((revision) => {
        const excluded = revision.startsWith("^");
        const id = resolveObject(store, excluded ? revision.slice(1) : revision);
        return { revision, id, line: `${excluded ? "^" : ""}${show(id)}` };
      });
      context.document({ revisions: found.map(({ revision, id }) => ({ revision, id })) });
      for (const { line } of found) context.say(line);
      return 0;
    } catch (error) {
      if (args.quiet === true && single && error instanceof VibesafeUsageError) return 1;
      throw error;
    }
  },
});

/** `A..B` is B without A. */
function expand(revision: string): string[] {
  const [, from, to] = /^([^:]+?)\.\.([^.:][^:]*)$/.exec(revision) ?? [];
  return from === undefined || to === undefined ? [revision] : [to, `^${from}`];
}
