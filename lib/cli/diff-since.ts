/**
 * `vibe diff --since REV`: what is active now against what was in a commit of the project's own repository, as a review needs it.
 *
 * @module
 */

import { compareSnapshots } from "../history/compare.ts";
import { activeAt } from "../history/git-snapshot.ts";
import { openProjectGit } from "../history/project-git.ts";
import { activeSnapshot } from "../history/snapshot.ts";
import type { Store } from "../store/store.ts";
import type { Context } from "./context.ts";
import { driftReport } from "./diff-drift.ts";
import { formatMarkdown, markdownOf } from "./diff-markdown.ts";
import { documentOfUnit, printUnitDiff } from "./diff-revisions.ts";
import type { ExitStatus } from "./exit-status.ts";
import { count } from "./text.ts";

export async function diffSince(context: Context, store: Store, since: string, markdown: boolean): Promise<ExitStatus> {
  const repository = openProjectGit(context.project().root, context.io.env);
  const before = activeAt(repository, store, since);
  const diffs = await before.use((overlay) => compareSnapshots(overlay, before.units, activeSnapshot(store)));
  const changed = diffs.filter(({ status }) => status !== "same");
  context.document({ from: since, to: null, units: diffs.map(documentOfUnit) });
  if (markdown && !context.json) {
    // A reviewer asks both: what is new, and whether it is what the sources now ask for.
    const drift = await driftReport(context);
    context.io.out(formatMarkdown({ title: `What is active now, against ${since}; and units whose source is not what is active.`, units: [...drift.units, ...changed.map(markdownOf)], total: Math.max(diffs.length, drift.total) }));
  }
  if (markdown) return 0;
  for (const diff of changed) printUnitDiff(context, diff);
  if (changed.length === 0) context.say(`No difference: ${count(diffs.length, "unit")}.`);
  return 0;
}

