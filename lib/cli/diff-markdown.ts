/**
 * `vibe diff --format markdown`: what changed as one comment on a pull or merge request.
 *
 * Nothing of a spec, prompt or code is ever Markdown here: it stands in fences that it cannot end, or is escaped.
 *
 * @module
 */

import type { UnitDiff } from "../history/compare.ts";
import type { Patch } from "../history/patch.ts";
import { count } from "./text.ts";

export interface MarkdownUnit {
  readonly id: string;
  /** One word: `drift`, `missing`, `added`, `removed`, `modified`, `broken`. */
  readonly state: string;
  /** What changed in the spec, one text each; or what is wrong. */
  readonly changes: readonly string[];
  /** Of prompt and code. */
  readonly patches: readonly Patch[];
  /** `file:line`, where there is a source. */
  readonly location?: string | undefined;
}

export interface MarkdownReport {
  /** What was compared, as in `active saves and the present specs`. */
  readonly title: string;
  /** Those that changed. */
  readonly units: readonly MarkdownUnit[];
  /** How many were looked at. */
  readonly total: number;
}

/** By this a workflow finds its own comment again. */
export const MARKER = "<!-- vibesafe diff -->";

/** GitHub refuses comments beyond 65,536 characters; the rest is for what a workflow adds. */
export const COMMENT_LIMIT = 60_000;

/** Lines of one diff; the whole of it is in the working tree. */
const MOST_LINES = 400;
const MOST_ROWS = 100;

/** The report as Markdown of at most `limit` characters. What does not fit is left out whole, and counted. */
export function formatMarkdown({ title, units, total }: MarkdownReport, limit: number = COMMENT_LIMIT): string {
  const heading = units.length === 0 ? `vibesafe: nothing changed in ${count(total, "unit")}` : `vibesafe: ${units.length} of ${count(total, "unit")} changed`;
  const rows = units.slice(0, MOST_ROWS).map(({ id, state, changes, patches }) => `| ${inTable(id)} | ${state} | ${summary(changes, patches)} |`);
  const table = units.length === 0 ? [] : ["| unit | state | changed |", "| --- | --- | --- |", ...rows, ...(units.length > MOST_ROWS ? [`| | | and ${units.length - MOST_ROWS} more |`] : [])];
  let text = `${MARKER}\n### ${heading}\n\n${escapeHtml(title)}\n\n${table.length === 0 ? "" : `${table.join("\n")}\n\n`}`;
  const spare = 200;
  if (text.length + spare > limit) return `${MARKER}\n### ${heading}\n\nToo long to show: run \`vibe diff\`.\n`;
  let left = 0;
  for (const unit of units) {
    // Whole first; then without its diffs, which say most and take most.
    const shown = [section(unit), section({ ...unit, patches: [] }, true)].find((candidate) => text.length + candidate.length + spare <= limit);
    if (shown === undefined) left += 1;
    else text += shown;
  }
  if (left > 0) text += `${count(left, "unit")} left out, as this comment would be too long: run \`vibe diff\`.\n`;
  return text;
}

function section({ id, state, changes, patches, location }: MarkdownUnit, cut = false): string {
  const parts = [`<details><summary><code>${escapeHtml(id)}</code> ${state}</summary>\n`];
  if (location !== undefined) parts.push(`\n<code>${escapeHtml(location)}</code>\n`);
  if (changes.length > 0) parts.push(`\n${fence("text", changes.map((change) => `- ${change.replaceAll("\n", "\n  ")}`).join("\n"))}`);
  for (const { path, text } of patches) parts.push(`\n<code>${escapeHtml(path.slice(path.lastIndexOf("/") + 1))}</code>\n\n${fence("diff", shorten(text))}`);
  if (cut) parts.push("\nIts diffs are left out, as this comment would be too long.\n");
  return `${parts.join("")}\n</details>\n\n`;
}

/** A unit of a comparison as a comment shows it. */
export function markdownOf({ unit, status, changes, files }: UnitDiff): MarkdownUnit {
  return { id: unit, state: status, changes: changes.map(({ text }) => text), patches: files };
}

/** A fence longer than any run of backticks in what it holds (CommonMark, "Fenced code blocks"). */
function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = "`".repeat(longest + 1);
  return `${marks}${language}\n${text.trimEnd()}\n${marks}\n`;
}

function shorten(patch: string): string {
  const lines = patch.trimEnd().split("\n");
  return lines.length <= MOST_LINES ? patch : [...lines.slice(0, MOST_LINES), `… ${lines.length - MOST_LINES} more lines`].join("\n");
}

function summary(changes: readonly string[], patches: readonly Patch[]): string {
  const files = patches.map(({ path, added, removed }) => `${path.slice(path.lastIndexOf("/") + 1)} +${added} −${removed}`);
  return [...(changes.length > 0 ? [`spec: ${count(changes.length, "change")}`] : []), ...files].join(", ");
}

/** Code in a table's cell: a pipe would end it. */
function inTable(text: string): string {
  return `<code>${escapeHtml(text).replaceAll("|", "&#124;")}</code>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(/[\r\n]+/g, " ");
}
