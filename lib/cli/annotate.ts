/**
 * Annotations that GitHub shows beside the lines of a pull request
 * (docs.github.com, "Workflow commands for GitHub Actions", "Setting an error message").
 *
 * @module
 */

import { join, relative } from "node:path";
import type { Context } from "./context.ts";

export interface Annotation {
  /** POSIX path from the project root. */
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly message: string;
}

export function annotate(context: Context, { file, line, title, message }: Annotation): void {
  const { GITHUB_WORKSPACE: repository } = context.io.env;
  // GitHub reads paths from the repository's root, which need not be the project's.
  const path = repository === undefined ? file : relative(repository, join(context.project().root, file)).replaceAll("\\", "/");
  context.say(`::error file=${property(path)},line=${line},title=${property(title)}::${data(message)}`);
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
