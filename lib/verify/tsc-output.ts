/**
 * Diagnostics as tsc prints them with `--pretty false`.
 *
 * @module
 */

import { resolve } from "node:path";

export interface Diagnostic {
  /** Absolute path; undefined when the diagnostic concerns no file. */
  readonly path: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  /** `TS2304: Cannot find name 'q'.` and the lines that explain it. */
  readonly text: string;
}

const WITH_FILE = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/;
const WITHOUT_FILE = /^error (TS\d+): (.*)$/;

/** @param cwd - where tsc ran: it prints paths from there */
export function parseDiagnostics(output: string, cwd: string): Diagnostic[] {
  const found: { path: string | undefined; line: number; column: number; code: string; text: string }[] = [];
  for (const line of output.split(/\r?\n/)) {
    const file = WITH_FILE.exec(line);
    const plain = WITHOUT_FILE.exec(line);
    const last = found.at(-1);
    if (file !== null) {
      const [, path = "", row, column, code = "", text = ""] = file;
      found.push({ path: resolve(cwd, path), line: Number(row), column: Number(column), code, text: `${code}: ${text}` });
    } else if (plain !== null) {
      const [, code = "", text = ""] = plain;
      found.push({ path: undefined, line: 0, column: 0, code, text: `${code}: ${text}` });
    } else if (last !== undefined && /^\s+\S/.test(line)) {
      last.text += `\n${line}`;
    }
  }
  return found;
}
