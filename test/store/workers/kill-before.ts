/**
 * Counts the system calls that change something, and kills the process just before one of them.
 *
 * @module
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

export interface Calls {
  readonly count: () => number;
  /** Prints a line that the parent process sees even if this one is killed at the next call. */
  readonly acknowledge: (step: string) => void;
}

/** Call it before anything else imports node:fs's functions. */
export function killBefore(killAt: number): Calls {
  let calls = 0;
  const { writeSync } = fs;
  const counted =
    <Arguments extends unknown[], Result>(call: (...args: Arguments) => Result): ((...args: Arguments) => Result) =>
    (...args) => {
      calls += 1;
      if (calls === killAt) process.kill(process.pid, "SIGKILL");
      return call(...args);
    };
  Object.assign(fs, {
    writeSync: counted(fs.writeSync),
    fsyncSync: counted(fs.fsyncSync),
    renameSync: counted(fs.renameSync),
    linkSync: counted(fs.linkSync),
    unlinkSync: counted(fs.unlinkSync),
    utimesSync: counted(fs.utimesSync),
    rmSync: counted(fs.rmSync),
    rmdirSync: counted(fs.rmdirSync),
    mkdirSync: counted(fs.mkdirSync),
    ftruncateSync: counted(fs.ftruncateSync),
    openSync: counted(fs.openSync),
  });
  syncBuiltinESMExports();
  return {
    count: () => calls,
    acknowledge: (step) => {
      writeSync(1, `${step}\n`);
    },
  };
}
