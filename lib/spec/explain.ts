/**
 * Drift in words: what changed between two specs.
 *
 * @module
 */

import { added, isSame, modified, removed, short, type Change } from "./explain/change.ts";
import { explainDependencies } from "./explain/deps.ts";
import { explainDoc } from "./explain/doc.ts";
import { diffLines } from "./explain/lines.ts";
import { explainHttp } from "./explain/http.ts";
import { explainSignature } from "./explain/signature.ts";
import type { SpecMap } from "./types.ts";

export type { Change } from "./explain/change.ts";

/**
 * Says what changed from `before` to `after`, causes first: the spec itself, what it names, then settings and vibesafe.
 *
 * @returns nothing if and only if the two are equal
 */
export function explainChanges(before: SpecMap, after: SpecMap): Change[] {
  return FIELDS.flatMap(([field, explain]) => {
    if (isSame(before[field], after[field])) return [];
    const changes = explain(before, after);
    // Whatever an explainer has no words for is still a change.
    return changes.length > 0 ? changes : [modified(field, JSON.stringify(before[field]), JSON.stringify(after[field]), `Modified ${field}`)];
  });
}

type Explain = (before: SpecMap, after: SpecMap) => Change[];

const FIELDS: readonly (readonly [keyof SpecMap, Explain])[] = [
  ["name", (b, a) => [modified("name", b.name, a.name, `Renamed unit: ${b.name} -> ${a.name}`)]],
  ["kind", (b, a) => [modified("kind", b.kind, a.kind, `Modified kind: ${b.kind} -> ${a.kind}`)]],
  ["signature", (b, a) => explainSignature(b.signature, a.signature)],
  ["doc", (b, a) => explainDoc(b.doc, a.doc)],
  ["body", (b, a) => explainBody(b.body, a.body)],
  ["deps", (b, a) => explainDependencies(b, a)],
  ["http", (b, a) => explainHttp(b.http, a.http)],
  ["options", (b, a) => explainAllow(b.options.allow, a.options.allow)],
  ["provider", (b, a) => explainProvider(b.provider, a.provider)],
  ["template", (b, a) => [modified("template", b.template, a.template, "Template changed")]],
  ["vibesafe", (b, a) => [modified("vibesafe", b.vibesafe, a.vibesafe, `vibesafe ${direction(b.vibesafe, a.vibesafe)}: ${b.vibesafe} -> ${a.vibesafe}`)]],
  ["format", (b, a) => [modified("format", String(b.format), String(a.format), `Spec format: ${b.format} -> ${a.format}`)]],
];

function explainBody(before: string, after: string): Change[] {
  const lines = (body: string): string[] => (body === "" ? [] : body.split("\n"));
  return diffLines(lines(before), lines(after)).map(({ removed: gone, added: come }) => {
    const [old, now] = [gone.join("\n"), come.join("\n")];
    if (come.length === 0) return removed("body", old, `Removed pre-hole code: ${short(old)}`);
    if (gone.length === 0) return added("body", now, `Added pre-hole code: ${short(now)}`);
    return modified("body", old, now, `Modified pre-hole code: ${short(old)} -> ${short(now)}`);
  });
}

function explainAllow(before: readonly string[], after: readonly string[]): Change[] {
  const come = after.filter((name) => !before.includes(name)).map((name) => `+${name}`);
  const gone = before.filter((name) => !after.includes(name)).map((name) => `-${name}`);
  return [modified("options.allow", before.join(", "), after.join(", "), `Allowed modules: ${[...come, ...gone].join(", ")}`)];
}

const SETTINGS = [
  ["kind", "Provider"],
  ["model", "Model"],
  ["temperature", "Temperature"],
  ["seed", "Seed"],
  ["max_tokens", "Token limit"],
  ["reasoning_effort", "Reasoning effort"],
] as const;

function explainProvider(before: SpecMap["provider"], after: SpecMap["provider"]): Change[] {
  const show = (value: string | number | null): string | null => (value === null ? null : String(value));
  return SETTINGS.flatMap(([key, word]) => {
    const [old, now] = [show(before[key]), show(after[key])];
    return before[key] === after[key] ? [] : [modified(`provider.${key}`, old, now, `${word}: ${old ?? "unset"} -> ${now ?? "unset"}`)];
  });
}

function direction(before: string, after: string): string {
  return before.localeCompare(after, "en", { numeric: true }) < 0 ? "upgraded" : "downgraded";
}
