/**
 * What a save says about how its code came to be (`provenance.json`) and why it may run (`verification.json`).
 *
 * Words follow in-toto and SLSA: *materials* are the files that went in, a *digest* is an algorithm's name with a value.
 *
 * @module
 */

import { frozenDependencies, type FrozenDependencies } from "./frozen.ts";
import { digest, finite, flag, instant, listOf, mapOf, nullOr, oneOf, optional, parseJson, record, refuse, text, type Reader } from "./json.ts";
import { material } from "./material.ts";
import type { Material } from "../types.ts";

export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
}

/** One request to the provider and what became of its reply. */
export interface Attempt {
  /** From 1. */
  readonly attempt: number;
  /** The reply came from the response cache. */
  readonly cached: boolean;
  /** `passed`, or why the reply was not kept. */
  readonly outcome: "passed" | "rejected" | "failed";
  /** Where it was not kept: `reply`, `validate`, `policy`, `sandbox`, or the name of a gate. */
  readonly stage?: string;
  readonly message?: string;
  readonly usage: Usage | null;
  readonly durationMs: number;
  /** SHA-256 of the reply's text in UTF-8. */
  readonly responseDigest: string;
}

export interface Provenance {
  readonly format: 1;
  /** Version that made it. */
  readonly vibesafe: string;
  readonly provider: {
    readonly name: string;
    readonly kind: string;
    readonly model: string;
    readonly temperature: number | null;
    readonly seed: number | null;
    readonly max_tokens: number | null;
    readonly reasoning_effort: string | null;
    readonly service_tier: string | null;
    readonly base_url: string | null;
  };
  readonly attempts: readonly Attempt[];
  readonly startedAt: string;
  readonly finishedAt: string;
  /** SHA-256 of the text of the reply that was kept. */
  readonly responseDigest: string;
  /** Tool -> version: node, esbuild, … */
  readonly versions: Readonly<Record<string, string>>;
  readonly materials: readonly Material[];
  /** The code was not generated for this spec: it was made for another and found to do for this one as well. */
  readonly accepted?: Accepted;
  /** The code was not asked for: somebody had saved it for this very spec. */
  readonly reused?: ReusedSave;
}

export interface ReusedSave {
  /** Commit of that save. */
  readonly from: string;
  /** Its author, `Name <address>`. */
  readonly by: string;
}

export interface Accepted {
  /** Commit of the save that the code comes from. */
  readonly from: string;
  /** A person said that what was meant changed and the code is still right; otherwise only settings had moved. */
  readonly intentChanged: boolean;
}

export interface VerifiedGate {
  readonly name: string;
  readonly passed: boolean;
  readonly tool: string;
  readonly version: string;
  readonly durationMs: number;
  readonly details: readonly { readonly title: string; readonly passed: boolean; readonly message?: string }[];
}

export interface Verification {
  readonly format: 1;
  readonly passed: boolean;
  readonly gates: readonly VerifiedGate[];
  /** The files as they were when the gates ran. */
  readonly materials: readonly Material[];
  /** Why the code counts as unverified although every gate that ran passed, as for a unit without examples. */
  readonly unverified?: string;
  readonly witness?: Witness;
  /** The packages that it passed with, where they were frozen. */
  readonly dependencies?: FrozenDependencies;
}

/** What H_spec rested on when the unit was saved; paths are POSIX, from the project root. */
export interface Witness {
  /** Version that hashed. */
  readonly vibesafe: string;
  /** File of the spec. */
  readonly file: string;
  /** First and last line of the call, up to its function. */
  readonly lines: readonly [number, number];
  /** Path -> SHA-256 of its bytes. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the imports in these files lead. */
  readonly imports: readonly { readonly from: string; readonly specifier: string; readonly to: string }[];
  /** Git blob id of the template that comes with vibesafe, for a unit that uses it. */
  readonly template: string | null;
  /** What the code imports beyond what H_spec covers, as `Uses` (lib/spec/uses.ts); absent where that is nothing. */
  readonly uses?: Readonly<Record<string, string>>;
}

/** Parses `provenance.json`. @throws VibesafeStoreError naming the first field that is wrong */
export function parseProvenance(source: string): Provenance {
  const o = record(parseJson(source, "provenance.json"), "provenance.json");
  const at = (key: string): [unknown, string] => [o[key], `provenance.json: ${key}`];
  const taken = optional(accepted)(...at("accepted"));
  const again = optional(reused)(...at("reused"));
  return {
    format: oneOf(1)(...at("format")),
    vibesafe: text(...at("vibesafe")),
    provider: provider(...at("provider")),
    attempts: listOf(attempt)(...at("attempts")),
    startedAt: instant(...at("startedAt")),
    finishedAt: instant(...at("finishedAt")),
    responseDigest: digest(...at("responseDigest")),
    versions: mapOf(text)(...at("versions")),
    materials: listOf(material)(...at("materials")),
    ...(taken !== undefined && { accepted: taken }),
    ...(again !== undefined && { reused: again }),
  };
}

/** Parses `verification.json`. @throws VibesafeStoreError naming the first field that is wrong */
export function parseVerification(source: string): Verification {
  const o = record(parseJson(source, "verification.json"), "verification.json");
  const at = (key: string): [unknown, string] => [o[key], `verification.json: ${key}`];
  const unverified = optional(text)(...at("unverified"));
  const seen = optional(witness)(...at("witness"));
  const frozen = optional(frozenDependencies)(...at("dependencies"));
  return {
    format: oneOf(1)(...at("format")),
    passed: flag(...at("passed")),
    gates: listOf(gate)(...at("gates")),
    materials: listOf(material)(...at("materials")),
    ...(unverified !== undefined && { unverified }),
    ...(seen !== undefined && { witness: seen }),
    ...(frozen !== undefined && { dependencies: frozen }),
  };
}

const reused: Reader<ReusedSave> = (value, path) => {
  const o = record(value, path);
  return { from: digest(o["from"], `${path}.from`), by: text(o["by"], `${path}.by`) };
};

const accepted: Reader<Accepted> = (value, path) => {
  const o = record(value, path);
  return { from: digest(o["from"], `${path}.from`), intentChanged: flag(o["intentChanged"], `${path}.intentChanged`) };
};

const provider: Reader<Provenance["provider"]> = (value, path) => {
  const o = record(value, path);
  return {
    name: text(o["name"], `${path}.name`),
    kind: text(o["kind"], `${path}.kind`),
    model: text(o["model"], `${path}.model`),
    temperature: nullOr(finite)(o["temperature"], `${path}.temperature`),
    seed: nullOr(finite)(o["seed"], `${path}.seed`),
    max_tokens: nullOr(finite)(o["max_tokens"], `${path}.max_tokens`),
    reasoning_effort: nullOr(text)(o["reasoning_effort"], `${path}.reasoning_effort`),
    service_tier: nullOr(text)(o["service_tier"], `${path}.service_tier`),
    base_url: nullOr(text)(o["base_url"], `${path}.base_url`),
  };
};

const attempt: Reader<Attempt> = (value, path) => {
  const o = record(value, path);
  const stage = optional(text)(o["stage"], `${path}.stage`);
  const message = optional(text)(o["message"], `${path}.message`);
  return {
    attempt: finite(o["attempt"], `${path}.attempt`),
    cached: flag(o["cached"], `${path}.cached`),
    outcome: oneOf("passed", "rejected", "failed")(o["outcome"], `${path}.outcome`),
    ...(stage !== undefined && { stage }),
    ...(message !== undefined && { message }),
    usage: nullOr(usage)(o["usage"], `${path}.usage`),
    durationMs: finite(o["durationMs"], `${path}.durationMs`),
    responseDigest: digest(o["responseDigest"], `${path}.responseDigest`),
  };
};

const usage: Reader<Usage> = (value, path) => {
  const o = record(value, path);
  return {
    input_tokens: finite(o["input_tokens"], `${path}.input_tokens`),
    output_tokens: finite(o["output_tokens"], `${path}.output_tokens`),
  };
};

const resolution: Reader<Witness["imports"][number]> = (value, path) => {
  const o = record(value, path);
  return { from: text(o["from"], `${path}.from`), specifier: text(o["specifier"], `${path}.specifier`), to: text(o["to"], `${path}.to`) };
};

/** Reads `witness` of `verification.json`. */
export const witness: Reader<Witness> = (value, path) => {
  const o = record(value, path);
  const [first, last, ...more] = listOf(finite)(o["lines"], `${path}.lines`);
  if (first === undefined || last === undefined || more.length > 0) return refuse(`${path}.lines`, "two lines", o["lines"]);
  const beyond = optional(mapOf(digest))(o["uses"], `${path}.uses`);
  return {
    vibesafe: text(o["vibesafe"], `${path}.vibesafe`),
    file: text(o["file"], `${path}.file`),
    lines: [first, last],
    files: mapOf(digest)(o["files"], `${path}.files`),
    imports: listOf(resolution)(o["imports"], `${path}.imports`),
    template: nullOr(digest)(o["template"], `${path}.template`),
    ...(beyond !== undefined && { uses: beyond }),
  };
};

const detail: Reader<VerifiedGate["details"][number]> = (value, path) => {
  const o = record(value, path);
  const message = optional(text)(o["message"], `${path}.message`);
  return {
    title: text(o["title"], `${path}.title`),
    passed: flag(o["passed"], `${path}.passed`),
    ...(message !== undefined && { message }),
  };
};

const gate: Reader<VerifiedGate> = (value, path) => {
  const o = record(value, path);
  return {
    name: text(o["name"], `${path}.name`),
    passed: flag(o["passed"], `${path}.passed`),
    tool: text(o["tool"], `${path}.tool`),
    version: text(o["version"], `${path}.version`),
    durationMs: finite(o["durationMs"], `${path}.durationMs`),
    details: listOf(detail)(o["details"], `${path}.details`),
  };
};
