/**
 * Saves for tests: a store with one, and the parts to make others from.
 *
 * @module
 */

import { encodeSpecMap } from "../../lib/spec/checkpoint/spec.ts";
import { encodeSaveTree, formatSaveMessage, type Provenance, type SaveParts, type Verification } from "../../lib/spec/checkpoint.ts";
import { parseUnitId } from "../../lib/spec/unit-id.ts";
import type { UnitId } from "../../lib/spec/types.ts";
import { formatCommit, type Identity } from "../../lib/store/commit.ts";
import { hashObject, type CommitId, type TreeId } from "../../lib/store/id.ts";
import { writeObject } from "../../lib/store/write.ts";
import type { Store } from "../../lib/store/store.ts";
import { PLAIN } from "./maps.ts";

const DIGEST = "ab".repeat(32);

export const UNIT: UnitId = parseUnitId("examples.math.ops/sumStr");

export const WHO: Identity = { name: "A U Thor", email: "author@example.com", seconds: 1_700_000_000, offsetMinutes: 60 };

export const PROVENANCE: Provenance = {
  format: 1,
  vibesafe: "0.1.0",
  provider: {
    name: "default",
    kind: "replay",
    model: "replay",
    temperature: 0.5,
    seed: 42,
    max_tokens: null,
    reasoning_effort: null,
    service_tier: null,
    base_url: null,
  },
  attempts: [
    { attempt: 1, cached: false, outcome: "rejected", stage: "examples", message: "expected 5", usage: { input_tokens: 1, output_tokens: 2 }, durationMs: 12.5, responseDigest: DIGEST },
    { attempt: 2, cached: true, outcome: "passed", usage: null, durationMs: 1, responseDigest: DIGEST },
  ],
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:01.000Z",
  responseDigest: DIGEST,
  versions: { node: "20.19.0", esbuild: "0.28.2" },
  materials: [{ uri: "examples/math/ops.ts", digest: { sha256: DIGEST } }],
};

export const VERIFICATION: Verification = {
  format: 1,
  passed: true,
  gates: [{ name: "examples", passed: true, tool: "vibesafe", version: "0.1.0", durationMs: 3, details: [{ title: "Example 1/1", passed: true }] }],
  materials: PROVENANCE.materials,
};

export const PARTS: SaveParts = {
  impl: "export function sumStr(a: string, b: string): string {\n  return String(BigInt(a) + BigInt(b));\n}\n",
  prompt: "# Write it\n",
  spec: encodeSpecMap(PLAIN),
  buildJs: '"use strict";\n',
  provenance: PROVENANCE,
  verification: VERIFICATION,
};

export interface Written {
  readonly commitId: CommitId;
  readonly checkpointHash: TreeId;
}

/** Writes a save of `parts`; `message` and `treeId` stand in for what belongs there. */
export function writeSave(store: Store, parts: SaveParts, given: { unit?: UnitId; message?: string; treeId?: TreeId } = {}): Written {
  const { treeId, checkpointHash, objects } = encodeSaveTree(parts);
  for (const { type, payload } of objects) writeObject(store, type, payload);
  const trailers = { unit: given.unit ?? UNIT, specHash: hashObject("blob", parts.spec), checkpointHash };
  const message = given.message ?? formatSaveMessage("Save it", trailers);
  const commit = formatCommit({ tree: given.treeId ?? treeId, parents: [], author: WHO, committer: WHO, message });
  return { commitId: writeObject(store, "commit", commit), checkpointHash };
}
