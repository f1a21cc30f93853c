/**
 * What a command that moves refs says of itself in the reflogs.
 *
 * @module
 */

import { identities } from "../history/identity.ts";
import type { Mover } from "../history/operations.ts";
import type { Context } from "./context.ts";

/** Who runs this command, and its command line. */
export function moverOf(context: Context): Mover {
  const { committer } = identities({ root: context.project().root, env: context.io.env });
  return { who: committer, command: commandLine(context) };
}

/** The command line as a shell takes it. */
export function commandLine({ argv }: Context): string {
  return ["vibe", ...argv].map(quote).join(" ");
}

function quote(word: string): string {
  return /^[\w@%+=:,./^~{}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
