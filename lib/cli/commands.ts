/**
 * The commands by name. Only the module of the command that was asked for is loaded.
 *
 * @module
 */

import type { Command } from "./command.ts";

export interface CommandEntry {
  readonly name: string;
  /** Other names that it answers to. */
  readonly aliases?: readonly string[];
  /** Imperative, no period. */
  readonly describe: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export interface CommandSection {
  readonly title: string;
  readonly commands: readonly CommandEntry[];
}

export const SECTIONS: readonly CommandSection[] = [
  {
    title: "From spec to production",
    commands: [
      { name: "init", describe: "Start a project: configuration, store, a first spec", load: () => import("./init.ts") },
      { name: "scan", describe: "List the units and where each of them stands", load: () => import("./scan.ts") },
      { name: "prompt", describe: "Print the exact prompt of a unit", load: () => import("./prompt.ts") },
      { name: "compile", describe: "Have implementations written, checked and kept as candidates", load: () => import("./compile.ts") },
      { name: "test", describe: "Run the gates on candidates, else on what is active", load: () => import("./test.ts") },
      { name: "save", describe: "Make candidates that passed the active checkpoints", load: () => import("./save.ts") },
      { name: "repl", describe: "Work on one unit, a line a command", load: () => import("./repl.ts") },
      { name: "accept", describe: "Keep code that is still right under a spec that changed", load: () => import("./accept.ts") },
      { name: "openapi", describe: "Print the OpenAPI document of the endpoints", load: () => import("./openapi.ts") },
      { name: "build", describe: "Seal what production runs into one file", load: () => import("./build.ts") },
    ],
  },
  {
    title: "Where things stand",
    commands: [
      { name: "status", describe: "Count units, drift and coverage, and name the next steps", load: () => import("./status.ts") },
      { name: "diff", describe: "Show what changed since the active checkpoints", load: () => import("./diff.ts") },
      { name: "why", describe: "Explain the state of one unit", load: () => import("./why.ts") },
      { name: "deps", describe: "Show what a unit names, or which units an edit makes stale", load: () => import("./deps.ts") },
      { name: "check", describe: "Check drift, types, lint and examples; for CI, changes no file", load: () => import("./check.ts") },
      { name: "doctor", describe: "Tell what protects here and what does not, and what is missing", load: () => import("./doctor.ts") },
      { name: "mode", describe: "Show or set the mode, dev or prod", load: () => import("./mode.ts") },
    ],
  },
  {
    title: "History",
    commands: [
      { name: "log", describe: "Show the saves of a unit or of the project", load: () => import("./log.ts") },
      { name: "show", describe: "Show a save: who and which model wrote it, what it passed, code and prompt", load: () => import("./show.ts") },
      { name: "rollback", describe: "Make an earlier save of a unit the active one", load: () => import("./rollback.ts") },
      { name: "checkout", describe: "Make a save, or every save of a snapshot, active again", load: () => import("./checkout.ts") },
      { name: "undo", describe: "Take the last operation back", load: () => import("./undo.ts") },
      { name: "redo", describe: "Make the operation again that was undone last", load: () => import("./redo.ts") },
      { name: "reflog", describe: "Show every move of units and tags", load: () => import("./reflog.ts") },
      { name: "tag", describe: "Name what is active now: make, list or delete snapshots", load: () => import("./tag.ts") },
    ],
  },
  {
    title: "Sharing",
    commands: [
      { name: "push", describe: "Send saves and tags to a git host", load: () => import("./push.ts") },
      { name: "pull", describe: "Take what others saved; say where both saved", load: () => import("./pull.ts") },
      { name: "fetch", describe: "Look at what others saved, and move nothing", load: () => import("./fetch.ts") },
      { name: "clone", describe: "Make a store of what a git host has", load: () => import("./clone.ts") },
      { name: "remote", describe: "List, add or remove git hosts", load: () => import("./remote.ts") },
    ],
  },
  {
    title: "Inside the project's own repository",
    commands: [
      { name: "install", describe: "Teach the project's git to merge and to show the store", load: () => import("./install.ts") },
      { name: "merge", describe: "Settle units that both sides of a git merge saved", load: () => import("./merge.ts") },
      { name: "merge-driver", describe: "Merge one file of the store; git calls this", load: () => import("./merge-driver.ts") },
      { name: "textconv", describe: "Print a file of the store as text; git calls this", load: () => import("./textconv.ts") },
      { name: "hook", describe: "Look at what git brought or is to push; its hooks call this", load: () => import("./hook.ts") },
    ],
  },
  {
    title: "The store, as git has it",
    commands: [
      { name: "cat-object", aliases: ["cat-file"], describe: "Print an object: content, type or size", load: () => import("./cat-object.ts") },
      { name: "hash-object", describe: "Print the id that content has, and store it", load: () => import("./hash-object.ts") },
      { name: "ls-tree", describe: "List a tree", load: () => import("./ls-tree.ts") },
      { name: "rev-parse", describe: "Print the id that a revision names", load: () => import("./rev-parse.ts") },
      { name: "for-each-ref", describe: "List refs in a format", load: () => import("./for-each-ref.ts") },
      { name: "show-ref", describe: "List refs and what they hold", load: () => import("./show-ref.ts") },
      { name: "update-ref", describe: "Move, make or delete a ref", load: () => import("./update-ref.ts") },
      { name: "fsck", describe: "Verify every object, ref and reflog of the store", load: () => import("./fsck.ts") },
      { name: "gc", describe: "Pack what is reachable, prune what is not", load: () => import("./gc.ts") },
      { name: "count-objects", describe: "Count objects, packs and what they take", load: () => import("./count-objects.ts") },
    ],
  },
];

export const COMMANDS: readonly CommandEntry[] = SECTIONS.flatMap(({ commands }) => commands);

/** The command that answers to `name`. */
export function commandNamed(name: string): CommandEntry | undefined {
  return COMMANDS.find((command) => command.name === name || command.aliases?.includes(name) === true);
}
