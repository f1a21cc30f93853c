/**
 * `vibe diff A B`: two revisions, spec field by field, prompt and code as unified diff.
 *
 * @module
 */

import { compareRevisions, type UnitDiff } from "../history/compare.ts";
import { formatStat } from "../history/patch.ts";
import { looksLikeRevision } from "../history/revision.ts";
import type { Store } from "../store/store.ts";
import type { Colours } from "./colours.ts";
import type { Context } from "./context.ts";
import type { ExitStatus } from "./exit-status.ts";
import { formatMarkdown, markdownOf } from "./diff-markdown.ts";
import { count, short } from "./text.ts";

export interface RevisionPair {
  readonly from: string;
  /** Undefined: what is active. */
  readonly to: string | undefined;
}

/**
 * The revisions that a command line means, or undefined where it means units to look for drift in. `A..B`, one revision, or two
 * words of which one at least is spelled as only a revision is, or names a tag.
 */
export function revisionsIn(store: Store | undefined, words: readonly string[]): RevisionPair | undefined {
  const [first, second, ...more] = words;
  if (store === undefined || first === undefined || more.length > 0) return undefined;
  if (second === undefined) {
    const [, from, to] = /^(.+?[^./])\.\.([^./].*)$/.exec(first) ?? [];
    if (from !== undefined && to !== undefined && !first.includes("*")) return { from, to };
    return looksLikeRevision(store, first) ? { from: first, to: undefined } : undefined;
  }
  return looksLikeRevision(store, first) || looksLikeRevision(store, second) ? { from: first, to: second } : undefined;
}

export async function diffRevisions(context: Context, store: Store, { from, to }: RevisionPair, { stat, markdown = false }: { readonly stat: boolean; readonly markdown?: boolean }): Promise<ExitStatus> {
  const diffs = await compareRevisions(store, from, to);
  context.document({ from, to: to ?? null, units: diffs.map(documentOfUnit) });
  const changed = diffs.filter(({ status }) => status !== "same");
  if (markdown && !context.json) {
    context.io.out(formatMarkdown({ title: `${from} against ${to ?? "what is active"}.`, units: changed.map(markdownOf), total: diffs.length }));
    return 0;
  }
  for (const diff of changed) {
    if (stat) printStat(context, diff);
    else printUnitDiff(context, diff);
  }
  if (stat) for (const line of formatStat(changed.flatMap(({ files }) => files))) context.say(paintStat(line, context.colour));
  if (changed.length === 0) context.say(`No difference: ${count(diffs.length, "unit")}.`);
  return 0;
}

export function documentOfUnit({ unit, status, from, to, changes, files }: UnitDiff): unknown {
  return { id: unit, status, from: from ?? null, to: to ?? null, changes, files: files.map(({ path, status: state, added, removed, text }) => ({ path, status: state, added, removed, patch: text })) };
}

function heading({ unit, status, from, to }: UnitDiff): string {
  return `${unit} ${from === undefined ? "(none)" : short(from)} -> ${to === undefined ? "(none)" : short(to)}${status === "modified" ? "" : ` ${status}`}`;
}

function printStat(context: Context, diff: UnitDiff): void {
  context.say(`${context.colour.bold(heading(diff))}${diff.changes.length === 0 ? "" : `, spec: ${count(diff.changes.length, "change")}`}`);
}

export function printUnitDiff(context: Context, diff: UnitDiff): void {
  const { colour } = context;
  context.say(colour.bold(heading(diff)));
  if (diff.changes.length > 0) context.say("Spec changed:");
  for (const { text, kind } of diff.changes) context.say(`  - ${kind === "added" ? colour.green(text) : kind === "removed" ? colour.red(text) : text}`);
  for (const { text } of diff.files) for (const line of text.trimEnd().split("\n")) context.say(paintLine(line, colour));
}

function paintLine(line: string, colour: Colours): string {
  if (/^(?:---|\+\+\+) /.test(line)) return colour.bold(line);
  if (line.startsWith("@@")) return colour.cyan(line);
  if (line.startsWith("+")) return colour.green(line);
  return line.startsWith("-") ? colour.red(line) : line;
}

function paintStat(line: string, colour: Colours): string {
  return line.replace(/(\++)?(-+)?$/, (_, plus: string | undefined, minus: string | undefined) => (plus === undefined ? "" : colour.green(plus)) + (minus === undefined ? "" : colour.red(minus)));
}
