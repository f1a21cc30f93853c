/**
 * `vibe repl`: one unit, a line a command.
 *
 * Each line is a command line of `vibe`, run as if it stood alone: what it reads is what lies on the disk then, and an edit in between
 * needs no restart. Only `save` and `rollback` move what is active.
 *
 * @module
 */

import { createInterface } from "node:readline/promises";
import { VibesafeUsageError } from "../errors.ts";
import { candidateRef, isUnitId } from "../spec/unit-id.ts";
import type { UnitId } from "../spec/types.ts";
import { readRef } from "../store/refs.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { highest, INTERRUPTED, type ExitStatus } from "./exit-status.ts";
import { inputLines } from "./input.ts";
import { columns } from "./text.ts";
import { selectIndexed } from "./units.ts";

interface Word {
  /** The first is how help calls it. */
  readonly names: readonly string[];
  readonly describe: string;
  /** Command lines to run one after the other, until one fails. */
  readonly lines: (unit: UnitId, rest: string, hasCandidate: boolean) => readonly (readonly string[])[];
}

const WORDS: readonly Word[] = [
  { names: ["gen", "g"], describe: "have it written and checked: a candidate", lines: (unit) => [["compile", "--target", unit]] },
  { names: ["gen!", "g!"], describe: "the same, asking the model anew", lines: (unit) => [["compile", "--force", "--target", unit]] },
  { names: ["test", "t"], describe: "run the gates on the candidate, else on what is active", lines: (unit) => [["test", "--target", unit]] },
  { names: ["show", "s"], describe: "the candidate, else what is active: code, prompt, model, gates", lines: (unit, _, hasCandidate) => [["show", hasCandidate ? `${unit}@{candidate}` : unit]] },
  { names: ["diff", "d"], describe: "what changed in the spec, and the candidate's code", lines: (unit, _, hasCandidate) => [["diff", "--target", unit], ...(hasCandidate ? [["diff", unit, `${unit}@{candidate}`]] : [])] },
  { names: ["save"], describe: "make the candidate active; what follows is the message", lines: (unit, rest) => [["save", "--target", unit, ...(rest === "" ? [] : ["-m", rest])]] },
  { names: ["rollback"], describe: "back to the save before, or to the revision that follows", lines: (unit, rest) => [["rollback", "--target", unit, ...(rest === "" ? [] : /^\d+$/.test(rest) ? ["--steps", rest] : ["--to", rest])]] },
  { names: ["prompt", "p"], describe: "exactly what the model is asked", lines: (unit) => [["prompt", unit]] },
  { names: ["why", "w"], describe: "why it stands as it does", lines: (unit) => [["why", unit]] },
  { names: ["log", "l"], describe: "its saves", lines: (unit) => [["log", unit]] },
];

const HELP = ["help", "h", "?"];
const QUIT = ["quit", "q", "exit"];

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) => targetOptions(parser).example("$0 --target src.hello/greet", "then: gen, test, show, diff, save; help lists all"),
  handler: async (args, context) => {
    if (context.json) throw new VibesafeUsageError("a dialogue has no JSON document", { remedy: "run the commands themselves with --json" });
    const unit = unitOf(context, targetsOf(args));
    const { terminal } = context.io;
    return terminal === undefined ? readPipe(context, unit) : readTerminal(context, unit, terminal);
  },
});

/** The one unit that is meant. @throws VibesafeUsageError for none or several */
function unitOf(context: Context, targets: readonly string[]): UnitId {
  if (targets.length === 0) throw new VibesafeUsageError("which unit?", { remedy: "name it, as in `vibe repl --target src.hello/greet`; `vibe scan` lists them" });
  const { units, broken } = selectIndexed(context, targets);
  const ids = [...new Set([...units, ...broken].map(({ id }) => id))];
  const [id, ...more] = ids;
  // A broken spec is what one may have come to mend; a file that cannot be read has no unit.
  if (id !== undefined && more.length === 0 && isUnitId(id)) return id;
  throw new VibesafeUsageError(`${ids.length} units match: ${ids.join(", ")}`, { remedy: "name one of them" });
}

/** Each line of a pipe is a command; the gravest outcome is that of the whole. */
async function readPipe(context: Context, unit: UnitId): Promise<ExitStatus> {
  const statuses: ExitStatus[] = [];
  for await (const line of inputLines(context.io)) {
    const outcome = await runLine(context, unit, line, context.io.signal);
    if (outcome === "quit") break;
    statuses.push(outcome);
    context.io.signal.throwIfAborted();
  }
  return highest(statuses);
}

/** Asks until Ctrl-D or `quit`. Ctrl-C ends the command that is running; at the prompt it drops the line. */
async function readTerminal(context: Context, unit: UnitId, { input, output }: NonNullable<Context["io"]["terminal"]>): Promise<ExitStatus> {
  const lines = createInterface({ input, output, terminal: true, prompt: `${unit}> `, historySize: 200 });
  let running: AbortController | undefined;
  lines.on("SIGINT", () => {
    if (running !== undefined) {
      running.abort();
      return;
    }
    output.write("^C\n");
    // Deletes the line, as Ctrl-U does, wherever the cursor stands.
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
    lines.prompt();
  });
  context.say(`${unit}: help lists the commands, Ctrl-D ends`);
  await runLine(context, unit, "diff", context.io.signal);
  lines.prompt();
  try {
    for await (const line of lines) {
      running = new AbortController();
      const outcome = await runLine(context, unit, line, AbortSignal.any([context.io.signal, running.signal]));
      running = undefined;
      if (outcome === "quit") break;
      context.io.signal.throwIfAborted();
      lines.prompt();
    }
  } finally {
    lines.close();
  }
  return 0;
}

async function runLine(context: Context, unit: UnitId, line: string, signal: AbortSignal): Promise<ExitStatus | "quit"> {
  const [, name = "", rest = ""] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(line) ?? [];
  if (name === "") return 0;
  if (QUIT.includes(name)) return "quit";
  if (HELP.includes(name)) {
    for (const text of columns([...WORDS.map(({ names, describe }) => [names.join(", "), describe]), [HELP.join(", "), "this"], [QUIT.join(", "), "end; so does Ctrl-D"]])) context.say(`  ${text}`);
    return 0;
  }
  const word = WORDS.find(({ names }) => names.includes(name));
  if (word === undefined) {
    context.complain(new VibesafeUsageError(`no command "${name}"`, { remedy: "help lists them" }));
    return 2;
  }
  const store = context.again().store();
  const hasCandidate = store !== undefined && readRef(store, candidateRef(unit)) !== undefined;
  let status: number = 0;
  for (const argv of word.lines(unit, rest, hasCandidate)) {
    const ended = await context.run(argv, { ...context.io, signal });
    if (ended === INTERRUPTED) return 1;
    status = Math.max(status, ended);
  }
  return exitStatus(status);
}

function exitStatus(status: number): ExitStatus {
  return status === 0 || status === 1 || status === 2 || status === 3 ? status : 4;
}
