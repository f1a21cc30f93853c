/**
 * `vibe update-ref` (git-update-ref(1)): moves refs by name, all or none. Like every command that moves refs, `vibe undo` takes it back.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import type { Move } from "../history/operation-log.ts";
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
      .option("stdin", { type: "boolean", describe: "Read lines: update REF NEW [OLD], create REF NEW, delete REF [OLD], verify REF [OLD]; start, commit, abort" })
      .conflicts("stdin", "delete")
      .example("$0 refs/units/src.hello/greet NEW OLD", "move a ref, only if it still holds OLD"),
  handler: async (args, context): Promise<0> => {
    const store = initStore(context.project().storeDir);
    const words = args.args ?? [];
    const asCalled = moverOf(context);
    const mover = args.message === undefined ? asCalled : { ...asCalled, command: args.message };
    const moves: Move[] = [];
    const move = (updates: readonly RefUpdate[]): void => {
      const names = new Set<string>();
      const twice = updates.find(({ name }) => names.size === names.add(name).size);
      if (twice !== undefined) throw new VibesafeUsageError(`two lines move ${twice.name}`, { remedy: "name each ref once in a transaction" });
      moves.push(...(moveRefs(store, updates, mover)?.moves ?? []));
    };
    if (args.stdin === true) {
      if (words.length > 0) throw new VibesafeUsageError("--stdin takes no arguments", { remedy: REMEDY });
      await obey(inputLines(context.io), { parse: (line) => parseLine(store, line), move, say: context.say });
    } else {
      move([args.delete === true ? deletion(store, words) : update(store, words)]);
    }
    context.document({ moves });
    return 0;
  },
});

interface Transactions {
  readonly parse: (line: string) => RefUpdate;
  /** All of them, or none. */
  readonly move: (updates: readonly RefUpdate[]) => void;
  readonly say: (line: string) => void;
}

/**
 * Git's transactions: what was not begun by `start` is committed at the end of the input, what was and is not committed is dropped.
 * `prepare` is refused: refs are locked while they move, not between two lines.
 */
async function obey(lines: AsyncIterable<string>, { parse, move, say }: Transactions): Promise<void> {
  let state: "open" | "started" | "closed" = "open";
  let updates: RefUpdate[] = [];
  for await (const line of lines) {
    if (line === "") continue;
    if (line === "start") {
      if (state === "started") throw new VibesafeUsageError("a transaction was started already", { remedy: "end it by commit or abort first" });
      // Lines before it belong to the same transaction.
      state = "started";
    } else if (state === "closed") {
      throw new VibesafeUsageError(`${JSON.stringify(line)} comes after the end of its transaction`, { remedy: "begin another by start" });
    } else if (line === "commit" || line === "abort") {
      if (line === "commit") move(updates);
      [updates, state] = [[], "closed"];
    } else {
      updates.push(parse(line));
      continue;
    }
    say(`${line}: ok`);
  }
  if (state === "open") move(updates);
}

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
  throw new VibesafeUsageError(`what is ${JSON.stringify(line)}?`, { remedy: "lines are update REF NEW [OLD], create REF NEW, delete REF [OLD], verify REF [OLD], start, commit, abort" });
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
