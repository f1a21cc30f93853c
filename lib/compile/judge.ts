/**
 * Runs the gates and remembers their verdicts under `cache/verdicts/` of the store.
 *
 * A verdict is of one checkpoint under one gate key; `cache/verdicts/<H_chk>.gates.json` keeps its details, which a save takes over
 * as `verification.json`. Both files are a cache: anything unreadable in them counts as absent and the gates run again.
 *
 * @module
 */

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hash, randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { formatJson } from "../spec/checkpoint/json.ts";
import { parseVerification, type Verification } from "../spec/checkpoint/provenance.ts";
import type { HashedSpec, UnitId } from "../spec/types.ts";
import { usesOf, type Uses } from "../spec/uses.ts";
import { formatVerdict, readVerdict, verdictPath } from "../spec/verdict.ts";
import type { Workspace } from "../spec/workspace.ts";
import { readTextIfPresent } from "../store/files.ts";
import type { TreeId } from "../store/id.ts";
import type { Store } from "../store/store.ts";
import { gateKey, runGates, type GateOptions } from "../verify/gates.ts";
import type { MutationReport } from "../verify/mutation/report.ts";
import { countExamples } from "./count-examples.ts";

/** Code to be judged: what the gates need, and the checkpoint that it makes. */
export interface Subject {
  readonly hashed: HashedSpec;
  readonly impl: string;
  readonly checkpointHash: TreeId;
  /** The checkpoint was made from this very spec. A verdict on any other pair is kept nowhere. */
  readonly sameSpec: boolean;
}

export interface Judgement {
  readonly unit: UnitId;
  readonly checkpointHash: TreeId;
  readonly passed: boolean;
  readonly unverified: boolean;
  /** What the code imports beyond its spec. */
  readonly uses: Uses;
  /** The first gate that failed did because the sandbox stopped the unit; not known of a verdict that was kept. */
  readonly stopped?: boolean;
  /** What became of each mutant; not known of a verdict that was kept. */
  readonly mutation?: MutationReport;
  readonly verification: Verification;
}

export interface JudgeOptions {
  /** Run the gates even where a verdict is known. */
  readonly fresh?: boolean;
  /** Take a kept failure for an answer too; otherwise only a kept pass is. */
  readonly trustFailures?: boolean;
  /** Code of other units that the code under test may call. */
  readonly implementations?: (unit: UnitId) => string | undefined;
  /** Keep no verdict: for commands that write no file. */
  readonly readOnly?: boolean;
  /** As in `GateOptions`. */
  readonly mutate?: { readonly limit: number } | undefined;
  readonly signal?: AbortSignal;
  /** Called once before the gates run, with how many subjects have no verdict yet. */
  readonly onGates?: (subjects: number) => void;
}

const DETAILS_LIMIT = 1 << 24;

/** Why a unit whose gates all passed counts as unverified. */
const NO_EXAMPLE = "the spec has no example";

/** Judges `subjects`, all that have no verdict in one run of the gates; results in input order. */
export async function judge(workspace: Workspace, store: Store | undefined, subjects: readonly Subject[], options: JudgeOptions = {}): Promise<Judgement[]> {
  if (subjects.length === 0) return [];
  const gates = gateKey(workspace);
  const found = new Map(subjects.map((subject) => [subject, usesOf(workspace, subject.hashed, subject.impl).uses]));
  const keyOf = (subject: Subject): string => withUses(gates, found.get(subject) ?? {});
  const known = new Map<Subject, Judgement>();
  for (const subject of subjects) {
    const kept = options.fresh === true || store === undefined ? undefined : recall(store, subject, keyOf(subject));
    if (kept !== undefined && (kept.passed || options.trustFailures === true)) known.set(subject, { ...kept, uses: found.get(subject) ?? {} });
  }
  const open = subjects.filter((subject) => !known.has(subject));
  if (open.length > 0) options.onGates?.(open.length);
  const verdicts = open.length === 0 ? [] : await runGates(workspace, open, gateOptions(options));
  open.forEach((subject, i) => {
    const verdict = verdicts[i];
    if (verdict === undefined) throw new Error(`the gates gave no verdict on ${subject.hashed.spec.id}`);
    const unverified = verdict.passed && countExamples(subject.hashed.spec) === 0;
    const judgement: Judgement = {
      unit: verdict.unit,
      checkpointHash: subject.checkpointHash,
      passed: verdict.passed,
      unverified,
      uses: found.get(subject) ?? {},
      ...(verdict.gates.find((gate) => !gate.passed)?.stopped !== undefined && { stopped: true }),
      ...(verdict.mutation !== undefined && { mutation: verdict.mutation }),
      verification: {
        format: 1,
        passed: verdict.passed,
        gates: verdict.gates.map(({ stopped: _, ...gate }) => gate),
        materials: subject.hashed.materials,
        ...(unverified && { unverified: NO_EXAMPLE }),
      },
    };
    if (store !== undefined && options.readOnly !== true && subject.sameSpec) remember(store, judgement, keyOf(subject));
    known.set(subject, judgement);
  });
  return subjects.flatMap((subject) => known.get(subject) ?? []);
}

function gateOptions({ signal, implementations, mutate }: JudgeOptions): GateOptions {
  return { mutate, ...(signal !== undefined && { signal }), ...(implementations !== undefined && { implementations }) };
}

/** The key of a verdict on code that imports more than its spec names. */
function withUses(key: string, uses: Uses): string {
  return Object.keys(uses).length === 0 ? key : hash("sha256", JSON.stringify([key, uses]), "hex");
}

/** The verdict on a checkpoint under the present gates, if one is kept. */
function recall(store: Store, { hashed, checkpointHash, sameSpec }: Subject, key: string): Omit<Judgement, "uses"> | undefined {
  if (!sameSpec) return undefined;
  const verdict = readVerdict(store.dir, checkpointHash);
  if (verdict === undefined || verdict.gateKey !== key) return undefined;
  const verification = readDetails(store, checkpointHash, key);
  if (verification === undefined || verification.passed !== verdict.passed) return undefined;
  return { unit: hashed.spec.id, checkpointHash, passed: verdict.passed, unverified: verdict.unverified, verification };
}

function remember(store: Store, { checkpointHash, passed, unverified, verification }: Judgement, key: string): void {
  // Details first: a verdict without them is not used.
  writeUnlessSame(detailsPath(store, checkpointHash), formatJson({ gateKey: key, verification }));
  writeUnlessSame(verdictPath(store.dir, checkpointHash), formatVerdict({ checkpoint: checkpointHash, gateKey: key, passed, unverified }));
}

function detailsPath(store: Store, checkpoint: TreeId): string {
  return verdictPath(store.dir, checkpoint).replace(/\.json$/, ".gates.json");
}

function readDetails(store: Store, checkpoint: TreeId, key: string): Verification | undefined {
  const text = readTextIfPresent(detailsPath(store, checkpoint), DETAILS_LIMIT);
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || !("gateKey" in parsed) || !("verification" in parsed)) return undefined;
    return parsed.gateKey === key ? parseVerification(JSON.stringify(parsed.verification)) : undefined;
  } catch (error) {
    // A torn or foreign cache file is no verdict.
    if (error instanceof SyntaxError || error instanceof VibesafeStoreError) return undefined;
    throw error;
  }
}

/** Leaves a file that differs in the times alone as it is: to replace a file costs ten times what it costs to read it. */
function writeUnlessSame(path: string, text: string): void {
  const kept = readKept(path);
  if (kept === undefined || withoutTimes(kept) !== withoutTimes(text)) writeAtomic(path, text);
}

function readKept(path: string): string | undefined {
  try {
    return readTextIfPresent(path, DETAILS_LIMIT);
  } catch (error) {
    // A cache file that cannot be read is written anew.
    if (error instanceof VibesafeStoreError) return undefined;
    throw error;
  }
}

/** In what `formatJson` prints, no text within a string begins a line. */
function withoutTimes(text: string): string {
  return text.replaceAll(/(?<=^ *"durationMs": )[\d.]+/gm, "0");
}

/** Not fsynced: a verdict that a crash takes with it costs one run of the gates. */
function writeAtomic(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: "wx" });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
