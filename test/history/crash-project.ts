/**
 * A project of two units, each with a save, a snapshot `v1` of both and a newer candidate that has passed, and what is done to it.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { subjectOf } from "../../lib/compile/subject.ts";
import { writeCandidates } from "../../lib/compile/candidate.ts";
import { buildImpl, BUILD_VERSIONS } from "../../lib/generate/build.ts";
import { checkout } from "../../lib/history/checkout.ts";
import type { Identities } from "../../lib/history/identity.ts";
import { moveRefs, type Mover } from "../../lib/history/operations.ts";
import { saveUnits, type SaveResult } from "../../lib/history/save.ts";
import { activeSnapshot, writeSnapshot } from "../../lib/history/snapshot.ts";
import { undoOperation } from "../../lib/history/undo.ts";
import { openProject } from "../../lib/project/project.ts";
import { formatJson } from "../../lib/spec/checkpoint/json.ts";
import { readSave, type Provenance, type Verification } from "../../lib/spec/checkpoint.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { scanProject } from "../../lib/spec/scan.ts";
import type { HashedSpec } from "../../lib/spec/types.ts";
import { candidateRef } from "../../lib/spec/unit-id.ts";
import { formatVerdict, verdictPath } from "../../lib/spec/verdict.ts";
import { createWorkspace, type Workspace } from "../../lib/spec/workspace.ts";
import { initStore } from "../../lib/store/init.ts";
import { readRef } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { gateKey } from "../../lib/verify/gates.ts";
import { VERSION } from "../../lib/version.ts";

export interface CrashProject {
  readonly workspace: Workspace;
  readonly store: Store;
  readonly units: readonly HashedSpec[];
}

const WHO: Identities["author"] = { name: "Ada Lovelace", email: "ada@example.com", seconds: 1_700_000_000, offsetMinutes: 60 };
const IDENTITIES: Identities = { author: WHO, committer: WHO };
const TAG = "refs/tags/v1";

const SPECS = `import { vibesafe, VibeCoded } from "vibesafe";

${["twice", "thrice"]
  .map(
    (name) => `/**
 * Gives back a multiple of n.
 *
 * >>> ${name}(0)
 * 0
 */
export const ${name} = vibesafe.func(function ${name}(n: number): number {
  throw new VibeCoded();
});
`,
  )
  .join("\n")}`;

/** Makes the project in an empty folder. */
export async function makeProject(root: string): Promise<CrashProject> {
  writeFileSync(join(root, "vibesafe.toml"), '[project]\ninclude = ["*.ts"]\n\n[provider.default]\nkind = "replay"\nreplies = "replies"\n\n[prompts]\nfunction = "prompt.njk"\n');
  writeFileSync(join(root, "prompt.njk"), "Write it.\n");
  writeFileSync(join(root, "m.ts"), SPECS);
  initStore(join(root, ".vibesafe"));
  const project = openProjectAt(root);
  const { store } = project;
  await compileAll(project, (name) => `export function ${name}(n: number): number {\n  return n * 1;\n}\n`);
  await saveAll(project);
  moveRefs(store, [{ name: TAG, to: writeSnapshot(store, activeSnapshot(store), IDENTITIES, "v1") }], mover("tag"));
  await compileAll(project, (name) => `export function ${name}(n: number): number {\n  return n * ${name === "twice" ? 2 : 3};\n}\n`);
  return project;
}

export function openProjectAt(root: string): CrashProject {
  const workspace = createWorkspace(openProject(root));
  const units = scanProject(workspace).specs.map((spec) => hashSpec(workspace, spec));
  return { workspace, store: openStore(join(root, ".vibesafe")), units };
}

export function saveAll({ workspace, store, units }: CrashProject): Promise<SaveResult[]> {
  return saveUnits(workspace, store, units, { identities: IDENTITIES });
}

export function checkoutV1({ store }: CrashProject): void {
  const commit = readRef(store, TAG);
  if (commit === undefined) throw new Error(`no ${TAG}`);
  checkout(store, commit, { named: "v1", mover: mover("checkout v1") });
}

export function undoLast({ store }: CrashProject): void {
  undoOperation(store, mover("undo"));
}

function mover(command: string): Mover {
  return { who: WHO, command };
}

/** Candidates, each with a pass on record: nothing is generated, no gate runs. */
export async function compileAll({ workspace, store, units }: CrashProject, code: (name: string) => string): Promise<void> {
  const key = gateKey(workspace);
  for (const hashed of units) {
    const impl = code(hashed.spec.name);
    const { js: buildJs } = await buildImpl(impl);
    writeCandidates(store, [{ hashed, impl, prompt: "Write it.\n", buildJs, provenance: provenanceOf(hashed) }], IDENTITIES);
    const commit = readRef(store, candidateRef(hashed.spec.id));
    if (commit === undefined) throw new Error(`no candidate of ${hashed.spec.id}`);
    const { checkpointHash } = subjectOf(hashed, readSave(store, commit));
    const verification: Verification = { format: 1, passed: true, gates: [{ name: "examples", passed: true, tool: "vibesafe", version: VERSION, durationMs: 1, details: [] }], materials: hashed.materials };
    const path = verdictPath(store.dir, checkpointHash);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, formatVerdict({ checkpoint: checkpointHash, gateKey: key, passed: true, unverified: false }));
    writeFileSync(path.replace(/\.json$/, ".gates.json"), formatJson({ gateKey: key, verification }));
  }
}

function provenanceOf({ materials }: HashedSpec): Provenance {
  return {
    format: 1,
    vibesafe: VERSION,
    provider: { name: "default", kind: "replay", model: "replay", temperature: 0, seed: 42, max_tokens: null, reasoning_effort: null, service_tier: null, base_url: null },
    attempts: [],
    startedAt: "2026-01-01T00:00:00.000Z",
    finishedAt: "2026-01-01T00:00:01.000Z",
    responseDigest: "ab".repeat(32),
    versions: { node: process.versions.node, ...BUILD_VERSIONS },
    materials,
  };
}
