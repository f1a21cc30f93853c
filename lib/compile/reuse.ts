/**
 * Reusing saves: what somebody saved for the very spec that is to be compiled needs no model.
 *
 * Nobody's word is taken for it: every object is verified, the code is validated under the present policy, and the present gates run.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import { BUILD_VERSIONS, buildImpl } from "../generate/build.ts";
import { validateImplementation } from "../generate/validate.ts";
import { encodeCheckpoint, isVerified, readSave, type Save } from "../spec/checkpoint.ts";
import { findSaves, type KnownSave } from "../spec/save-index.ts";
import type { HashedSpec } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import type { Store } from "../store/store.ts";
import { writeCandidates, type CandidateParts } from "./candidate.ts";
import { judge, type Subject } from "./judge.ts";
import type { CompileOptions, CompileResult, Reused } from "./types.ts";

/** Different checkpoints that are tried for a unit before a model is asked. */
const MOST_TRIES = 3;

interface Offer {
  readonly hashed: HashedSpec;
  readonly save: Save;
  readonly parts: CandidateParts;
  readonly reused: Reused;
}

/**
 * Makes candidates of what refs of this store, remotes' included, and their history hold for the present specs. Of the gates' results
 * that came with a save none counts.
 *
 * @returns results of the units for which something passed
 */
export async function reuseSaves(workspace: Workspace, store: Store, units: readonly HashedSpec[], options: CompileOptions): Promise<Map<HashedSpec, CompileResult>> {
  const results = new Map<HashedSpec, CompileResult>();
  if (units.length === 0) return results;
  const known = findSaves(store, new Set(units.map(({ specHash }) => specHash)));
  const waiting = new Map(units.map((hashed) => [hashed, byPreference(hashed, known.get(hashed.specHash) ?? [])]));
  for (let round = 1; round <= MOST_TRIES; round++) {
    const offers: Offer[] = [];
    for (const [hashed, saves] of waiting) {
      const offer = results.has(hashed) ? undefined : await nextOffer(workspace, store, hashed, saves);
      if (offer !== undefined) offers.push(offer);
    }
    if (offers.length === 0) break;
    const subjects = offers.map(({ hashed, save }): Subject => ({ hashed, impl: save.impl, checkpointHash: save.checkpointHash, sameSpec: true }));
    const judgements = await judge(workspace, store, subjects, {
      ...(options.signal !== undefined && { signal: options.signal }),
      trustFailures: true,
      onGates: (count) => options.onProgress?.({ kind: "gates", units: count, attempt: 0 }),
    });
    const passed = offers.flatMap((offer, i) => (judgements[i]?.passed === true ? [{ offer, unverified: judgements[i].unverified }] : []));
    const candidates = passed.length === 0 ? [] : writeCandidates(store, passed.map(({ offer }) => offer.parts), options.identities);
    passed.forEach(({ offer: { hashed, save, reused }, unverified }, i) => {
      results.set(hashed, {
        id: hashed.spec.id,
        status: "compiled",
        specHash: hashed.specHash,
        checkpointHash: save.checkpointHash,
        candidate: candidates[i]?.commitId ?? null,
        cached: true,
        attempts: 0,
        unverified,
        reused,
      });
    });
  }
  return results;
}

/** The unit's own saves first, then those of a unit that was moved or copied; of each the newest first, every checkpoint once. */
function byPreference({ spec }: HashedSpec, saves: readonly KnownSave[]): KnownSave[] {
  const sorted = [...saves].sort((a, b) => Number(b.unit === spec.id) - Number(a.unit === spec.id) || b.seconds - a.seconds || (a.commitId < b.commitId ? -1 : 1));
  return sorted.filter(({ checkpointHash }, i) => sorted.findIndex((other) => other.checkpointHash === checkpointHash) === i);
}

/** The next save that is whole and whose code may be used here; takes those before it off the list. */
async function nextOffer(workspace: Workspace, store: Store, hashed: HashedSpec, saves: KnownSave[]): Promise<Offer | undefined> {
  for (let known = saves.shift(); known !== undefined; known = saves.shift()) {
    try {
      const save = readSave(store, known.commitId);
      const { checkpointHash } = encodeCheckpoint({ impl: save.impl, prompt: save.prompt, spec: hashed.bytes });
      if (save.specHash !== hashed.specHash || save.checkpointHash !== checkpointHash || !isVerified(save)) continue;
      validateImplementation(workspace, hashed, save.impl);
      const { js: buildJs } = await buildImpl(save.impl);
      const { name, email } = save.commit.author;
      const reused: Reused = { from: known.commitId, unit: save.unit, ref: known.ref, remote: known.remote, by: { name, email } };
      const provenance = { ...save.provenance, reused: { from: known.commitId, by: `${name} <${email}>` }, versions: { ...save.provenance.versions, node: process.versions.node, ...BUILD_VERSIONS }, materials: hashed.materials };
      return { hashed, save, parts: { hashed, impl: save.impl, prompt: save.prompt, buildJs, provenance }, reused };
    } catch (error) {
      // Damaged, or not allowed here: then somebody else's, or a model's.
      if (!(error instanceof VibesafeError)) throw error;
    }
  }
  return undefined;
}
