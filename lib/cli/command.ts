/**
 * What a command is to the dispatcher.
 *
 * @module
 */

import type { ArgumentsCamelCase, Argv } from "yargs";
import type { Context } from "./context.ts";
import type { ExitStatus } from "./exit-status.ts";
import { takePlain, type PlainArgs } from "./plain-args.ts";

/** A command with the types of its arguments already bound. */
export interface Command {
  /** Runs the command as called without any argument of its own: there is nothing to parse, so no parser is needed. */
  runBare(context: Context): Promise<ExitStatus>;
  /** Runs the command when its arguments are plain enough to be read without a parser; undefined when they are not. */
  runPlain(args: readonly string[], context: Context): Promise<ExitStatus> | undefined;
  /** Arguments as the parser takes them: an option that may go without a value gets an empty one. */
  spell(args: readonly string[]): string[];
  /** Adds the command to `parser`; `ran` is given the handler's outcome once arguments are parsed. */
  register(parser: Argv, describe: string, context: Context, ran: (status: Promise<ExitStatus>) => void): Argv;
}

export interface CommandParts<Args> {
  /** Positional arguments in yargs' notation, as in `[targets..]`. */
  readonly positionals?: string;
  readonly builder: (parser: Argv) => Argv<Args>;
  /** The same options again, for arguments that need no parser; a test holds the two against each other. */
  readonly plain?: (args: PlainArgs) => Partial<ArgumentsCamelCase<Args>>;
  /** Options whose value may be left out, as in git's `--short` and `--short=8`; it is empty then, and never the next word. */
  readonly optional?: readonly string[];
  /** @param args - empty when the command was called without arguments, so defaults belong here and not in the builder */
  readonly handler: (args: Partial<ArgumentsCamelCase<Args>>, context: Context) => Promise<ExitStatus> | ExitStatus;
}

/** Binds a builder and a handler that agree on the arguments' types. */
export function defineCommand<Args>({ positionals = "", builder, plain, optional = [], handler }: CommandParts<Args>): Command {
  return {
    runBare: async (context) => handler({}, context),
    runPlain: (args, context) => {
      const taken = plain === undefined ? undefined : takePlain(args, plain);
      return taken === undefined ? undefined : Promise.resolve().then(() => handler(taken, context));
    },
    spell: (args) => {
      const end = args.includes("--") ? args.indexOf("--") : args.length;
      return args.map((arg, at) => {
        const name = at < end ? optional.find((option) => arg === (option.length === 1 ? `-${option}` : `--${option}`)) : undefined;
        return name === undefined ? arg : `--${name}=`;
      });
    },
    register: (parser, describe, context, ran) =>
      parser.command<Args>(`$0 ${positionals}`.trim(), describe, builder, (args) => {
        // Not returned: what a handler throws is no parse error and must not pass through yargs' own reporting.
        ran(Promise.resolve().then(() => handler(args, context)));
      }),
  };
}

/** `--target` and positional targets, which every command that works on units takes. */
export function targetOptions(parser: Argv): Argv<{ target: string[] | undefined; targets: string[] | undefined }> {
  return parser
    .positional("targets", { type: "string", array: true, describe: "Units, module paths, files or globs; none means all" })
    .option("target", { type: "string", array: true, requiresArg: true, describe: "A unit, module path, file or glob; may be repeated" });
}

/** All targets of a command line, positional ones first. */
export function targetsOf(args: { readonly target?: readonly string[] | undefined; readonly targets?: readonly string[] | undefined }): string[] {
  return [...(args.targets ?? []), ...(args.target ?? [])];
}
