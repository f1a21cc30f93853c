/**
 * `vibe show-ref` (git-show-ref(1)).
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { peelTags } from "../history/peel.ts";
import type { NamedRef } from "../history/ref-format.ts";
import { abbreviate } from "../history/short-id.ts";
import type { ObjectId } from "../store/id.ts";
import { isRefName } from "../store/ref-name.ts";
import { listRefs, readHead, readRefTarget } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import { digitsOf } from "./optional-value.ts";
import { requireStore } from "./store-of.ts";

export const command: Command = defineCommand({
  positionals: "[patterns..]",
  builder: (parser) =>
    parser
      .positional("patterns", { type: "string", array: true, describe: "Names, or ends of names" })
      .option("tags", { type: "boolean", describe: "Tags alone" })
      .option("heads", { type: "boolean", describe: "Branches alone" })
      .option("dereference", { alias: "d", type: "boolean", describe: "Show what annotated tags stand for, too" })
      .option("head", { type: "boolean", describe: "HEAD as well, before all else" })
      .option("hash", { alias: "s", type: "string", describe: "Ids alone; =N for N digits" })
      .option("abbrev", { type: "string", describe: "Short ids; =N for at least N digits" })
      .option("verify", { type: "boolean", describe: "Take full names alone, each of which must exist" })
      .option("quiet", { alias: "q", type: "boolean", describe: "Print nothing, tell by the exit status" })
      .example("$0 --tags", "the snapshots"),
  optional: ["hash", "s", "abbrev"],
  plain: ({ flag, words }) => ({ tags: flag("tags"), heads: flag("heads"), head: flag("head"), dereference: flag("dereference", "d"), verify: flag("verify"), quiet: flag("quiet", "q"), patterns: words() }),
  handler: (args, context) => {
    const store = requireStore(context);
    const patterns = args.patterns ?? [];
    const digits = digitsOf("--hash", args.hash) ?? digitsOf("--abbrev", args.abbrev);
    const isShort = digits !== undefined || args.abbrev !== undefined;
    if (args.verify === true && patterns.length === 0) throw new VibesafeUsageError("--verify needs a ref", { remedy: "give its full name, as in `vibe show-ref --verify refs/tags/v1`" });
    const refs = args.verify === true ? patterns.map((name) => existing(store, name)) : [...(args.head === true ? headOf(store) : []), ...listRefs(store).filter(({ name }) => isWanted(name, patterns, args))];
    const missing = refs.findIndex((ref) => ref === undefined);
    if (missing !== -1) {
      if (args.quiet === true) return 1;
      throw new VibesafeUsageError(`${JSON.stringify(patterns[missing])} is no ref`, { remedy: "give its full name; `vibe show-ref` lists all" });
    }
    const found = refs.filter((ref) => ref !== undefined);
    context.document({ refs: found });
    if (args.quiet !== true) {
      const show = (id: ObjectId): string => (isShort ? abbreviate(store, id, digits) : id);
      for (const { name, id } of found) {
        context.say(args.hash === undefined ? `${show(id)} ${name}` : show(id));
        const behind = args.dereference === true ? peelTags(store, id).id : id;
        if (behind !== id) context.say(`${show(behind)} ${name}^{}`);
      }
    }
    return found.length === 0 ? 1 : 0;
  },
});

function existing(store: Store, name: string): NamedRef | undefined {
  const id = name === "HEAD" || (name.startsWith("refs/") && isRefName(name)) ? readRefTarget(store, name) : undefined;
  return id === undefined ? undefined : { name, id };
}

/** What HEAD leads to, if anything: of a new store its branch is not there yet. */
function headOf(store: Store): NamedRef[] {
  const { id } = readHead(store);
  return id === undefined ? [] : [{ name: "HEAD", id }];
}

function isWanted(name: string, patterns: readonly string[], { tags, heads }: { readonly tags?: boolean | undefined; readonly heads?: boolean | undefined }): boolean {
  const inFolder = (tags !== true && heads !== true) || (tags === true && name.startsWith("refs/tags/")) || (heads === true && name.startsWith("refs/heads/"));
  return inFolder && (patterns.length === 0 || patterns.some((pattern) => name === pattern || name.endsWith(`/${pattern}`)));
}
