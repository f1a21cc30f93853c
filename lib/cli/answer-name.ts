/**
 * Which commands keep their answers for the next run.
 *
 * @module
 */

/** Commands whose whole answer follows from files: where units stand, without a look at what they do. */
const COMMANDS: readonly string[] = ["scan", "status", "diff"];
const FLAGS: readonly string[] = ["--json", "--no-color"];

/** The name that an answer is kept by; undefined for commands of which none is. @param argv - the command's name first */
export function answerName(argv: readonly string[]): string | undefined {
  const [command = "", ...flags] = argv;
  if (!COMMANDS.includes(command) || !flags.every((flag) => FLAGS.includes(flag))) return undefined;
  return flags.includes("--json") ? `${command}-json` : command;
}
