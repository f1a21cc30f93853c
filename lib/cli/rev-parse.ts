/**
 * `vibe rev-parse`: from revisions to ids (git-rev-parse(1)).
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { resolveObject } from "../history/revision.ts";
import { refNamed } from "../history/revision-base.ts";
import { abbreviate } from "../history/short-id.ts";
import { shortRefName } from "../history/short-ref.ts";
import type { ObjectId } from "../store/id.ts";
import { isRefName } from "../store/ref-name.ts";
import { listRefs, readRefTarget, readRefValue } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import { digitsOf } from "./optional-value.ts";
import { requireStore } from "./store-of.ts";

export const command: Command = defineCommand({
  positionals: "[revs..]",
  builder: (parser) =>
    parser
      .positional("revs", { type: "string", array: true, describe: "Revisions; A..B is two, ^A is what to leave out" })
      .option("verify", { type: "boolean", describe: "Exactly one revision must be given" })
      .option("quiet", { alias: "q", type: "boolean", describe: "With --verify: exit 1 in silence instead of an error" })
      .option("short", { type: "string", describe: "The shortest unambiguous id; =N for at least N digits" })
      .option("all", { type: "boolean", describe: "What every ref leads to" })
      .option("branches", { type: "boolean", describe: "The same of refs/heads" })
      .option("tags", { type: "boolean", describe: "The same of refs/tags" })
      .option("abbrev-ref", { type: "boolean", describe: "The shortest name of the ref; nothing where a revision is none" })
      .option("symbolic-full-name", { type: "boolean", describe: "The full name of the ref; nothing where a revision is none" })
      .conflicts("short", ["all", "branches", "tags", "abbrev-ref", "symbolic-full-name"])
      .conflicts("verify", ["all", "branches", "tags"])
      .conflicts("abbrev-ref", "symbolic-full-name")
      .example("$0 --short src.hello/greet~1", "the save before the active one"),
  optional: ["short"],
  plain: ({ flag, words }) => ({ verify: flag("verify"), quiet: flag("quiet", "q"), revs: words() }),
  handler: (args, context) => {
    const store = requireStore(context);
    const digits = digitsOf("--short", args.short);
    const revisions = args.revs ?? [];
    const single = args.verify === true || args.short !== undefined;
    const folders = [args.all === true && "refs/", args.branches === true && "refs/heads/", args.tags === true && "refs/tags/"].filter((folder) => folder !== false);
    if (single && revisions.length !== 1) throw new VibesafeUsageError(`one revision is needed, ${revisions.length} are given`, { remedy: "name one, as in `vibe rev-parse --verify src.hello/greet`" });
    if (folders.length > 0 && revisions.length > 0) throw new VibesafeUsageError("--all, --branches and --tags stand without revisions", { remedy: "ask for one after the other" });
    const asked = folders.length > 0 ? folders.flatMap((folder) => listRefs(store, folder).map(({ name }) => name)) : revisions.flatMap((revision) => (single ? [revision] : expand(revision)));
    const lineOf = (id: ObjectId, revision: string): string | undefined => {
      if (args.short !== undefined) return abbreviate(store, id, digits);
      if (args.abbrevRef !== true && args.symbolicFullName !== true) return id;
      const name = fullName(store, revision);
      return name === undefined || args.symbolicFullName === true ? name : shortRefName(name, (other) => isRefName(other) && readRefTarget(store, other) !== undefined);
    };
    try {
      const found = asked.map((revision) => {
        const [mark, plain] = revision.startsWith("^") ? ["^", revision.slice(1)] : ["", revision];
        const id = resolveObject(store, plain);
        const line = lineOf(id, plain);
        return { revision, id, line: line === undefined ? undefined : mark + line };
      });
      context.document({ revisions: found.map(({ revision, id }) => ({ revision, id })) });
      for (const { line } of found) if (line !== undefined) context.say(line);
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

/** The ref that a revision is the name of, `HEAD` as what it stands for; undefined when it is none. */
function fullName(store: Store, revision: string): string | undefined {
  const name = refNamed(store, revision);
  const value = name === undefined ? undefined : readRefValue(store, name);
  return value !== undefined && "symbolic" in value ? value.symbolic : name;
}
