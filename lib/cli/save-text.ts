/**
 * A save in full: who made it, what wrote it, what it passed, its code and its prompt.
 *
 * @module
 */

import { formatDate } from "../history/git-date.ts";
import { isVerified, type Provenance, type Save } from "../spec/checkpoint.ts";
import { candidateRef, unitRef } from "../spec/unit-id.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import type { Context } from "./context.ts";
import { highlight } from "./highlight.ts";
import { count, indent } from "./text.ts";

/** What a save is to its unit now. */
export function standingOf(store: Store, { unit, commitId, verification }: Save): "active" | "candidate" | "earlier" {
  if (readRef(store, unitRef(unit)) === commitId) return "active";
  return verification === undefined || readRef(store, candidateRef(unit)) === commitId ? "candidate" : "earlier";
}

export function printSave(context: Context, store: Store, save: Save): void {
  const { colour } = context;
  const { commit, provenance, verification } = save;
  const standing = standingOf(store, save);
  const unverified = standing === "active" && !isVerified(save) ? ", unverified" : "";
  const rows: [string, string][] = [
    ["Unit", `${save.unit} (${standing}${unverified})`],
    ["Checkpoint", save.checkpointHash],
    ["Spec", save.specHash],
    ["Author", `${commit.author.name} <${commit.author.email}>`],
    ["Date", formatDate(commit.author)],
    ["Model", modelOf(provenance)],
    ["Written", `${provenance.finishedAt}, ${attemptsOf(provenance)}, vibesafe ${provenance.vibesafe}`],
  ];
  context.say(colour.yellow(`commit ${save.commitId}`));
  for (const [name, value] of rows) context.say(`${`${name}:`.padEnd(12)}${value}`);
  context.say(`Gates:      ${verification === undefined ? "none yet" : ""}`.trimEnd());
  for (const { name, passed, tool, version, durationMs, details } of verification?.gates ?? []) {
    const what = details.length === 0 ? "" : `, ${count(details.length, "check")}`;
    context.say(`  ${passed ? colour.green("✓") : colour.red("✗")} ${name} (${tool} ${version}${what}, ${Math.round(durationMs)} ms)`);
  }
  context.say(`\n${indent(commit.message.replace(/\n\nVibesafe-[^]*$/, "").trimEnd(), 4)}\n`);
  section(context, "checkpoint/impl.ts", highlight(save.impl, colour));
  context.say();
  section(context, "checkpoint/prompt.md", save.prompt);
}

function section(context: Context, title: string, text: string): void {
  context.say(context.colour.bold(`--- ${title}`));
  context.say(text.replace(/\n$/, ""));
}

function modelOf({ provider }: Provenance): string {
  const settings = (["temperature", "seed", "max_tokens", "reasoning_effort"] as const).flatMap((key) => (provider[key] === null ? [] : [`${key} ${provider[key]}`]));
  return [`${provider.model} (${provider.kind})`, ...settings].join(", ");
}

function attemptsOf({ attempts }: Provenance): string {
  const lost = attempts.filter(({ outcome }) => outcome !== "passed").map(({ stage }) => stage ?? "reply");
  return `${count(attempts.length, "attempt")}${lost.length === 0 ? "" : ` (failed: ${lost.join(", ")})`}`;
}
