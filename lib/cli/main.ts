/**
 * The dispatcher: finds the command, loads its module, parses its arguments, turns its outcome into an exit status.
 *
 * @module
 */

import { statSync } from "node:fs";
import { resolve } from "node:path";
import type Yargs from "yargs";
import { VibesafeError, VibesafeUsageError } from "../errors.ts";
import { nearest } from "../project/nearest.ts";
import { colours } from "./colours.ts";
import { commandNamed, COMMANDS, type CommandEntry } from "./commands.ts";
import type { Command } from "./command.ts";
import type { Context, GlobalFlags } from "./context.ts";
import { errorDocument, printError, unforeseen } from "./error-text.ts";
import { EXIT_STATUS, INTERRUPTED, type ExitStatus } from "./exit-status.ts";
import { HELP_FLAGS, overview } from "./help.ts";
import type { Io } from "./io.ts";
import { splitArgv } from "./split-argv.ts";
import { wantsColour } from "./wants-colour.ts";

const GLOBAL_FLAGS: readonly string[] = ["--json", "--debug", "--no-color"];

/**
 * Runs `vibe` with `argv`, without the program's own name.
 *
 * @returns the exit status; 130 when `io.signal` ended it
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes("--json");
  const debug = argv.includes("--debug");
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (io.signal.aborted) {
      if (json) io.out(`${JSON.stringify({ error: { code: "INTERRUPTED", message: "interrupted", remedy: "run it again" } }, undefined, 2)}\n`);
      else io.err("interrupted\n");
      return INTERRUPTED;
    }
    const known = error instanceof VibesafeError ? error : undefined;
    const shown = known ?? unforeseen(error);
    if (json) {
      const document = known === undefined ? { code: "UNEXPECTED", message: shown.message, remedy: shown.remedy } : errorDocument(known);
      io.out(`${JSON.stringify({ error: document }, undefined, 2)}\n`);
    } else if (known !== undefined) {
      printError(io, colours(io.errIsTerminal && wantsColour(io.env) && !argv.includes("--no-color")), known, { debug });
    } else {
      io.err(`error: ${shown.message}\n  fix: ${shown.remedy}\n`);
      if (debug && shown.stack !== undefined) io.err(`${shown.stack}\n`);
    }
    return known === undefined ? 1 : EXIT_STATUS[known.code];
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const { name, rest, folder } = splitArgv(argv);
  if (name === undefined) {
    const asked = rest.some((arg) => HELP_FLAGS.includes(arg));
    if (!asked && rest.length > 0) {
      throw new VibesafeUsageError(`no command in: vibe ${rest.join(" ")}`, { remedy: "run `vibe --help` for the commands" });
    }
    (asked ? io.out : io.err)(overview());
    return asked ? 0 : 2;
  }
  if (name === "help") {
    const topic = rest.find((arg) => !arg.startsWith("-"));
    if (topic !== undefined) return dispatch([topic, "--help"], io);
    io.out(overview());
    return 0;
  }
  const at = resolve(io.cwd, folder ?? ".");
  if (!statSync(at, { throwIfNoEntry: false })?.isDirectory()) {
    throw new VibesafeUsageError(`-C: no folder ${folder ?? at}`, { remedy: "name a folder that exists" });
  }
  return run(entryOf(name), rest, io, at);
}

function entryOf(name: string): CommandEntry {
  const entry = commandNamed(name);
  if (entry !== undefined) return entry;
  const close = nearest(name, COMMANDS.map((command) => command.name), 2);
  throw new VibesafeUsageError(`no command "${name}"`, {
    remedy: `did you mean ${close.map((word) => `\`vibe ${word}\``).join(" or ")}? \`vibe --help\` lists all`,
  });
}

async function run(entry: CommandEntry, args: readonly string[], io: Io, folder: string): Promise<number> {
  const flags: GlobalFlags = {
    json: args.includes("--json"),
    debug: args.includes("--debug"),
    colour: args.includes("--no-color") ? false : undefined,
    folder,
    argv: [entry.name, ...args],
    main,
  };
  const bare = args.every((arg) => GLOBAL_FLAGS.includes(arg));
  const [{ createContext }, { command }] = await Promise.all([import("./context.ts"), entry.load()]);
  const context = createContext(io, flags);
  if (bare) return command.runBare(context);
  // yargs takes as long to load as node to start (bench/startup.mjs).
  const plain = command.runPlain(args.filter((arg) => !GLOBAL_FLAGS.includes(arg)), context);
  return plain ?? parseAndRun((await import("yargs")).default, { entry, command, context, args });
}

interface Invocation {
  readonly entry: CommandEntry;
  readonly command: Command;
  readonly context: Context;
  readonly args: readonly string[];
}

async function parseAndRun(yargs: typeof Yargs, { entry, command, context, args }: Invocation): Promise<number> {
  const usage = (message: string): never => {
    throw new VibesafeUsageError(message, { remedy: `run \`vibe ${entry.name} --help\`` });
  };
  let outcome: Promise<ExitStatus> | undefined;
  let help = "";
  const parser = yargs([])
    .scriptName(`vibe ${entry.name}`)
    .locale("en")
    .version(false)
    .exitProcess(false)
    .parserConfiguration({ "boolean-negation": false, "greedy-arrays": false, "parse-positional-numbers": false, "parse-numbers": false })
    .option("json", { type: "boolean", describe: "Print one JSON document and nothing else on stdout" })
    .option("no-color", { type: "boolean", describe: "No colours; NO_COLOR=1 does the same" })
    .option("debug", { type: "boolean", describe: "Print the stack of an error" })
    .group(["json", "no-color", "debug", "help"], "Everywhere:")
    .alias("h", "help")
    .strict()
    .wrap(100)
    .fail((message, error) => {
      if (error instanceof VibesafeError) throw error;
      usage(sentence(message ?? error?.message ?? "wrong arguments"));
    });
  command.register(parser, entry.describe, context, (status) => (outcome = status));
  await parser.parseAsync(command.spell(args), {}, (_error, _argv, output) => void (help = output));
  if (outcome !== undefined) return outcome;
  context.io.out(`${help}\n`);
  return 0;
}

/** yargs' own words, as the rest of the output is written: lower case, one line. */
function sentence(message: string): string {
  const line = message.replaceAll(/\s*\n\s*/g, " ").trim();
  return line.charAt(0).toLowerCase() + line.slice(1);
}
