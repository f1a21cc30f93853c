/**
 * `vibe why`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { isoDate } from "../history/git-date.ts";
import { isVerified, type Save } from "../spec/checkpoint.ts";
import { countExamples } from "../spec/count-examples.ts";
import type { Change } from "../spec/explain.ts";
import { pathsTo } from "../spec/explain/deps.ts";
import { unitStatus, type UnitStatus } from "../spec/status.ts";
import type { HashedSpec } from "../spec/types.ts";
import { usesChanges } from "../spec/uses.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { nextStep, type NextStep } from "./next-step.ts";
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
    const rows = units.map((hashed) => ({ hashed, state: withUses(context, hashed, unitStatus(store, hashed)) }));
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
        causes: causesOf(hashed, state),
        next: nextOf(hashed, state)?.command ?? null,
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

/** Where a change comes from, causes before what only follows from them. */
const SCOPES = [
  ["own", "changed in the unit itself"],
  ["dependency", "changed in what it names"],
  ["imports", "changed in what its code imports"],
  ["cascade", "which changes what the names mean"],
  ["settings", "changed around it"],
] as const;

interface Cause extends Change {
  readonly scope: (typeof SCOPES)[number][0];
  /** Names that lead from the unit to the declaration that changed. */
  readonly path: readonly string[];
}

/** Of an active save the changes are those of what its code imports beyond the spec. */
function withUses(context: Context, hashed: HashedSpec, state: UnitStatus): UnitStatus {
  return state.status === "active" ? { ...state, changes: usesChanges(context.workspace(), hashed, state.active?.verification?.witness) } : state;
}

function causesOf(hashed: HashedSpec, state: UnitStatus): Cause[] {
  const paths = pathsTo(hashed.map.deps);
  const causes = state.changes.map((change): Cause => {
    const reference = /^deps\.(.*?)(?:\.(?:names|signature|doc)(?:\..*)?)?$/.exec(change.field)?.[1] ?? "";
    return { ...change, scope: scopeOf(change.field), path: paths.get(reference) ?? [] };
  });
  return SCOPES.flatMap(([scope]) => causes.filter((cause) => cause.scope === scope));
}

function scopeOf(field: string): Cause["scope"] {
  if (/^(?:provider|template|vibesafe|format)\b/.test(field)) return "settings";
  if (field.startsWith("uses.")) return "imports";
  if (!field.startsWith("deps")) return "own";
  return /\bnames\b/.test(field) ? "cascade" : "dependency";
}

function nextOf(hashed: HashedSpec, state: UnitStatus): NextStep | undefined {
  const { id, file, line } = hashed.spec;
  return nextStep({ id, file, line, examples: countExamples(hashed.spec) }, state.status, state.active !== undefined && isVerified(state.active), state.changes);
}

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
  const causes = causesOf(hashed, state);
  for (const [scope, title] of SCOPES) {
    const found = causes.filter((cause) => cause.scope === scope);
    if (found.length > 0) context.say(`  ${title}:`);
    for (const { text, before, after } of found) {
      context.say(`    - ${text}`);
      if (before !== null && before.includes("\n")) context.say(colour.red(indent(before.replaceAll(/^/gm, "- "), 6)));
      if (after !== null && after.includes("\n")) context.say(colour.green(indent(after.replaceAll(/^/gm, "+ "), 6)));
    }
  }
  context.say("  depends on:");
  for (const { uri, digest } of hashed.materials) context.say(`    ${uri}  sha256 ${short(digest.sha256)}`);
  const next = nextOf(hashed, state);
  if (next !== undefined) context.say(`  next: ${next.first === undefined ? "" : `${next.first}, then `}\`${next.command}\``);
}
