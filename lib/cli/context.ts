/**
 * What every command is handed: where it runs, how it talks.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { VibesafeError } from "../errors.ts";
import { effectiveMode } from "../project/mode.ts";
import { openProject, type Project } from "../project/project.ts";
import { createWorkspace, type Workspace } from "../spec/workspace.ts";
import { openStore, type Store } from "../store/store.ts";
import { answerName } from "./answer-name.ts";
import { colours, type Colours } from "./colours.ts";
import { printError } from "./error-text.ts";
import type { Io } from "./io.ts";
import { wantsColour } from "./wants-colour.ts";

export interface Context {
  readonly io: Io;
  /** One JSON document on stdout and nothing else. */
  readonly json: boolean;
  readonly debug: boolean;
  /** Absolute path of the folder that the command runs in. */
  readonly folder: string;
  /** The command's name and arguments. */
  readonly argv: readonly string[];
  readonly colour: Colours;
  /** Whether `colour` colours. */
  readonly colours: boolean;
  /** Opened at the first call. @throws VibesafeConfigError */
  project(): Project;
  workspace(): Workspace;
  /** The store as it is, undefined where none was made yet. @throws VibesafeStoreError when it is there and broken */
  store(): Store | undefined;
  /** One line for a person on stdout; nothing with `--json`. */
  say(line?: string): void;
  /** One warning on stderr; also with `--json`. */
  warn(line: string): void;
  /** An error that does not end the command. */
  complain(error: VibesafeError, where?: string): void;
  /** The same again, for a second look: nothing that was read is kept. */
  again(): Context;
  /** All that went to stdout so far by `say` and `document`, of a command whose answers are kept; undefined when something was warned of or complained about. */
  said(): string | undefined;
  /** The same as if started in another folder. */
  inFolder(folder: string): Context;
  /** Runs another command line in the same folder, as if it stood alone; gives its exit status. */
  run(argv: readonly string[], io: Io): Promise<number>;
  /** The document of `--json`; nothing without. */
  document(value: unknown): void;
}

export interface GlobalFlags {
  readonly json: boolean;
  readonly debug: boolean;
  readonly colour: boolean | undefined;
  /** `-C`: run as if started there. */
  readonly folder: string;
  readonly argv: readonly string[];
  /** The dispatcher itself, which no command may import. */
  readonly main: (argv: readonly string[], io: Io) => Promise<number>;
}

export function createContext(io: Io, flags: GlobalFlags): Context {
  let project: Project | undefined;
  let workspace: Workspace | undefined;
  const openedProject = (): Project => {
    if (project !== undefined) return project;
    const opened = openProject(flags.folder);
    // A mode that is neither dev nor prod stops every command: one that went on would work in a mode that nobody meant.
    effectiveMode(opened, io.env);
    return (project = opened);
  };
  const said: string[] = [];
  let complained = false;
  const isKept = answerName(flags.argv) !== undefined;
  const out = (text: string): void => {
    if (isKept) said.push(text);
    io.out(text);
  };
  const outColour = flags.colour ?? (io.outIsTerminal && wantsColour(io.env));
  const errColour = flags.colour ?? (io.errIsTerminal && wantsColour(io.env));
  return {
    io,
    json: flags.json,
    debug: flags.debug,
    folder: flags.folder,
    argv: flags.argv,
    colour: colours(outColour && !flags.json),
    colours: outColour && !flags.json,
    project: openedProject,
    workspace: () => (workspace ??= createWorkspace(openedProject())),
    store: () => (storePresent(openedProject().storeDir) ? openStore(openedProject().storeDir) : undefined),
    say: (line = "") => {
      if (!flags.json) out(`${line}\n`);
    },
    warn: (line) => {
      complained = true;
      io.err(`${colours(errColour).yellow("warning:")} ${line}\n`);
    },
    complain: (error, where) => {
      complained = true;
      printError(io, colours(errColour), error, { debug: flags.debug, where });
    },
    said: () => (complained ? undefined : said.join("")),
    again: () => createContext(io, flags),
    inFolder: (folder) => createContext(io, { ...flags, folder }),
    run: (argv, other) => flags.main(["-C", flags.folder, ...argv], other),
    document: (value) => {
      if (flags.json) out(`${JSON.stringify(value, undefined, 2)}\n`);
    },
  };
}

/** A folder with any of a repository's parts is a store, if perhaps a broken one; `mode` and `tmp/` alone are none yet. */
function storePresent(dir: string): boolean {
  return ["HEAD", "config", "objects", "refs"].some((name) => existsSync(join(dir, name)));
}
