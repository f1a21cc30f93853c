/**
 * `vibe --help`.
 *
 * @module
 */

import { COMMANDS, SECTIONS } from "./commands.ts";

export const HELP_FLAGS: readonly string[] = ["--help", "-h"];

export function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return [
    "vibe: typed specs in, verified code out",
    "",
    "Usage: vibe [-C DIR] <command> [options]",
    "",
    ...SECTIONS.flatMap(({ title, commands }) => [title, ...commands.map(({ name, describe }) => `  ${name.padEnd(width)}${describe}`), ""]),
    "Every command takes --json, --no-color, --debug and --help.",
    "Exit status: 0 done, 1 a check failed, 2 wrong usage or configuration, 3 provider failure, 4 integrity failure.",
    "",
    "Start with: vibe init, then scan, compile, test, save",
    "",
  ].join("\n");
}
