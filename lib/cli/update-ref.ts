/**
 * `vibe update-ref` (git-update-ref(1)): moves refs by name, all or none. Like every command that moves refs, `vibe undo` takes it back.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { moveRefs } from "../history/operations.ts";
import { resolveObject } from "../history/revision.ts";
import { isRefName } from "../store/ref-name.ts";
import { NULL_ID } from "../store/reflog.ts";
import type { ObjectId } from "../store/id.ts";
import { initStore } from "../store/init.ts";
import { readObject } from "../store/read.ts";
import type { RefUpdate } from "../store/ref-transaction.ts";
import type { Store } from "../store/store.ts";
import { defineCommand, type Command } from "./command.ts";
import { inputLines } from "./input.ts";
import { moverOf } from "./operation.ts";

const REMEDY = "write it as in `vibe update-ref refs/tags/v1 REV [OLD]` or `vibe update-ref -d refs/tags/v1 [OLD]`";

export const command: Command = defineCommand({
  positionals: "[args..]",
  builder: (parser) =>
    parser
      .positional("args", { type: "string", array: true, describe: "REF NEW [OLD]; with -d REF [OLD]. OLD is what it must hold now, zeros or '' for nothing" })
      .option("delete", { alias: "d", type: "boolean", describe: "Delete the ref" })
      .option("message", { alias: "m", type: "string", requiresArg: true, describe: "Message of the reflog, instead of the command line" })
      .option("stdin", { type: "boolean", describe: "Read lines: update REF NEW [OLD], create REF NEW, delete REF [OLD], verify REF [OLD]" })
      .conflicts("stdin", "delete")
      .example("$0 refs/units/src.hello/greet NEW OLD", "move a ref, only if it still holds OLD"),
  handler: async (args, context): Promise<0> => {
    const store = initStore(context.project().storeDir);
    const words = args.args ?? [];
    const updates: RefUpdate[] = [];
    if (args.stdin === true) {
      if (words.length > 0) throw new VibesafeUsageError("--stdin takes no arguments", { remedy: REMEDY });
      for await (const line of inputLines(context.io)) if (line !== "") updates.push(parseLine(store, line));
    } else {
      updates.push(args.delete === true ? deletion(store, words) : update(store, words));
    }
    const mover = moverOf(context);
    const operation = moveRefs(store, updates, args.message === undefined ? mover : { ...mover, command: args.message });
    context.document({ moves: operation?.moves ?? [] });
    return 0;
  },
});

function parseLine(store: Store, line: string): RefUpdate {
  const [verb, ...words] = line.split(" ");
  if (verb === "update") return update(store, words);
  if (verb === "delete") return deletion(store, words);
  const [ref, value, ...more] = words;
  if (verb === "create" && value !== undefined && more.length === 0) return { ...update(store, [ref ?? "", value]), expected: null };
  if (verb === "verify" && more.length === 0) {
    const expected = value === undefined ? null : old(store, value);
    return { name: named(ref), expected, to: expected };
  }
  throw new VibesafeUsageError(`what is ${JSON.stringify(line)}?`, { remedy: "lines are update REF NEW [OLD], create REF NEW, delete REF [OLD], verify REF [OLD]" });
}

function update(store: Store, [ref, value, before, ...more]: readonly string[]): RefUpdate {
  if (ref === undefined || value === undefined || more.length > 0) throw new VibesafeUsageError("a ref and a new value are needed", { remedy: REMEDY });
  const name = named(ref);
  const expectation = before === undefined ? {} : { expected: old(store, before) };
  // As in git, zeros delete.
  if (value === NULL_ID) return { name, ...expectation, to: null };
  const to = resolveObject(store, value);
  const { type } = readObject(store, to);
  if (/^refs\/(?:units|candidates|heads)\//.test(name) && type !== "commit") {
    throw new VibesafeUsageError(`${name} must hold a commit, ${value} is a ${type}`, { remedy: "name a save" });
  }
  return { name, ...expectation, to };
}

function deletion(store: Store, [ref, before, ...more]: readonly string[]): RefUpdate {
  if (ref === undefined || more.length > 0) throw new VibesafeUsageError("a ref is needed", { remedy: REMEDY });
  return { name: named(ref), ...(before !== undefined && { expected: old(store, before) }), to: null };
}

function old(store: Store, text: string): ObjectId | null {
  return text === "" || text === NULL_ID ? null : resolveObject(store, text);
}

function named(ref: string | undefined): string {
  if (ref !== undefined && isRefName(ref)) return ref;
  throw new VibesafeUsageError(`bad ref name ${JSON.stringify(ref ?? "")}`, { remedy: "give a full name, as in refs/units/src.hello/greet; see git-check-ref-format(1)" });
}
