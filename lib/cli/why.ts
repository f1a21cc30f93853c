/**
 * `vibe why`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { isoDate } from "../history/git-date.ts";
import { isVerified, type Save } from "../spec/checkpoint.ts";
import { unitStatus, type UnitStatus } from "../spec/status.ts";
import type { HashedSpec } from "../spec/types.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { diffStatus } from "./diff.ts";
import { nextStep } from "./next-step.ts";
import { indent, short } from "./text.ts";
import { brokenDocuments, brokenStatus, complainAbout, selectUnits } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) => targetOptions(parser).example("$0 src.hello/greet", "why it drifted, or why it did not"),
  handler: (args, context) => {
    const targets = targetsOf(args);
    if (targets.length === 0) throw new VibesafeUsageError("which unit?", { remedy: "name it, as in `vibe why src.hello/greet`" });
    const { units, broken } = selectUnits(context, targets);
    const store = context.store();
    const rows = units.map((hashed) => ({ hashed, state: unitStatus(store, hashed) }));
    context.document({
      units: rows.map(({ hashed, state }) => ({
        id: hashed.spec.id,
        status: state.status,
        file: hashed.spec.file,
        line: hashed.spec.line,
        current: hashed.specHash,
        active: saveDocument(state.active),
        candidate: saveDocument(state.candidate),
        changes: state.changes,
        materials: hashed.materials,
        next: nextStep(hashed, state)?.command ?? null,
      })),
      ...(broken.length > 0 && { errors: brokenDocuments(broken) }),
    });
    rows.forEach(({ hashed, state }, i) => {
      if (i > 0) context.say();
      explain(context, hashed, state);
    });
    complainAbout(context, broken);
    return brokenStatus(broken);
  },
});

function saveDocument(save: Save | undefined): unknown {
  if (save === undefined) return null;
  const { commitId, specHash, checkpointHash, commit, provenance } = save;
  return { commit: commitId, specHash, checkpointHash, date: isoDate(commit.author), verified: isVerified(save), vibesafe: provenance.vibesafe, model: provenance.provider.model };
}

const REASON: Readonly<Record<UnitStatus["status"], string>> = {
  active: "the active save is of this very spec",
  missing: "nothing was ever saved for it",
  drift: "the spec is no longer the one that the active save was made from",
  candidate: "code was compiled for this spec and waits to be saved",
};

function explain(context: Context, hashed: HashedSpec, state: UnitStatus): void {
  const { spec, specHash } = hashed;
  const { colour } = context;
  context.say(`${colour.bold(spec.id)}  ${state.status}: ${REASON[state.status]}`);
  context.say(`  spec       ${short(specHash)}  ${spec.file}:${spec.line}`);
  for (const [name, save] of [["active", state.active], ["candidate", state.candidate]] as const) {
    if (save === undefined) continue;
    const verified = name === "active" && !isVerified(save) ? ", unverified" : "";
    context.say(`  ${name.padEnd(9)}  ${short(save.specHash)}  checkpoint ${short(save.checkpointHash)}, ${isoDate(save.commit.author)}, ${save.provenance.provider.model}${verified}`);
  }
  if (diffStatus(state) === "drift") context.say("  what changed:");
  for (const { text, before, after } of state.changes) {
    context.say(`    - ${text}`);
    if (before !== null && before.includes("\n")) context.say(colour.red(indent(before.replaceAll(/^/gm, "- "), 6)));
    if (after !== null && after.includes("\n")) context.say(colour.green(indent(after.replaceAll(/^/gm, "+ "), 6)));
  }
  context.say("  depends on:");
  for (const { uri, digest } of hashed.materials) context.say(`    ${uri}  sha256 ${short(digest.sha256)}`);
  const next = nextStep(hashed, state);
  if (next !== undefined) context.say(`  next: ${next.first === undefined ? "" : `${next.first}, then `}\`${next.command}\``);
}
