/**
 * Small projects with saved units, written through the real store, and programs that run in them.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildImpl } from "../../lib/generate/build.ts";
import { openProject } from "../../lib/project/project.ts";
import { encodeSaveTree, formatSaveMessage, type Provenance, type Verification } from "../../lib/spec/checkpoint.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import type { UnitId } from "../../lib/spec/types.ts";
import { candidateRef, unitRef } from "../../lib/spec/unit-id.ts";
import { formatVerdict, verdictPath } from "../../lib/spec/verdict.ts";
import { usesOf } from "../../lib/spec/uses.ts";
import { makeWitnesses } from "../../lib/spec/witness.ts";
import { createWorkspace, readSpecs } from "../../lib/spec/workspace.ts";
import { formatCommit } from "../../lib/store/commit.ts";
import type { BlobId, CommitId, TreeId } from "../../lib/store/id.ts";
import { initStore } from "../../lib/store/init.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import type { Store } from "../../lib/store/store.ts";
import { writeObject } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const tsx = import.meta.resolve("tsx");

const SOMEONE = { name: "A", email: "a@example.org", seconds: 1_700_000_000, offsetMinutes: 0 };

/** `provider` is never asked by these tests but is part of every spec. */
export const CONFIG = '[provider.default]\nkind = "replay"\n';

type Files = Readonly<Record<string, string>>;

export function writeFiles(root: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

/** Links this package, as built, into a project: its `import "vibesafe"` is that of a user. */
export function installVibesafe(root: string): void {
  mkdirSync(join(root, "node_modules"), { recursive: true });
  symlinkSync(repository, join(root, "node_modules", "vibesafe"), "junction");
}

export function makeProject(t: { after(cleanUp: () => void): void }, files: Files): string {
  const root = tempDir(t);
  writeFiles(root, { "package.json": '{"type":"module"}\n', "vibesafe.toml": CONFIG, ...files });
  installVibesafe(root);
  return root;
}

export interface Saved {
  readonly store: Store;
  readonly unit: UnitId;
  readonly commitId: CommitId;
  readonly treeId: TreeId;
  readonly specHash: BlobId;
  readonly checkpointHash: TreeId;
}

export interface SaveOptions {
  /** `unit` makes it active; `candidate` points the candidate's ref at it; `none` writes objects only. */
  readonly ref?: "unit" | "candidate" | "none";
  /** Null for a commit without `verification.json`. */
  readonly verification?: Partial<Verification> | null;
  /** `false`: as an older vibesafe saved, so that the spec is always parsed. */
  readonly witness?: false;
  /** Verdict on a candidate. */
  readonly verdict?: { readonly passed: boolean; readonly unverified: boolean };
}

/** Makes `impl` a save of the unit `name` of `file`, as its spec is now. @param name - or its id */
export async function save(root: string, file: string, name: string, impl: string, options: SaveOptions = {}): Promise<Saved> {
  const workspace = createWorkspace(openProject(root));
  const { specs, problems } = readSpecs(workspace, file);
  const spec = specs.find((found) => found.id === name || found.name === name);
  if (spec === undefined) throw new Error(`no spec ${name} in ${file}: ${problems.map(({ error }) => error.message).join("; ")}`);
  const hashed = hashSpec(workspace, spec);
  const { js } = await buildImpl(impl);
  const [witness] = options.witness === false ? [] : makeWitnesses(root, [{ hashed, impl, uses: usesOf(workspace, hashed, impl).uses }]);
  const verification: Verification = { format: 1, passed: true, gates: [], materials: [], ...(witness !== undefined && { witness }), ...options.verification };
  const { treeId, checkpointHash, objects } = encodeSaveTree({
    impl,
    prompt: "prompt\n",
    spec: hashed.bytes,
    buildJs: js,
    provenance: PROVENANCE,
    ...(options.verification !== null && { verification }),
  });
  const store = initStore(workspace.project.storeDir);
  for (const { type, payload } of objects) writeObject(store, type, payload);
  const { specHash } = hashed;
  const message = formatSaveMessage("test", { unit: spec.id, specHash, checkpointHash });
  const commitId = writeObject(store, "commit", formatCommit({ tree: treeId, parents: [], author: SOMEONE, committer: SOMEONE, message }));
  const refs = { unit: unitRef(spec.id), candidate: candidateRef(spec.id), none: undefined };
  pointRef(store, refs[options.ref ?? "unit"], commitId);
  if (options.verdict !== undefined) {
    const path = verdictPath(store.dir, checkpointHash);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, formatVerdict({ checkpoint: checkpointHash, gateKey: "test", ...options.verdict }));
  }
  return { store, unit: spec.id, commitId, treeId, specHash, checkpointHash };
}

export function pointRef(store: Store, name: string | undefined, to: CommitId | null): void {
  if (name !== undefined) updateRefs(store, [{ name, to }], { who: SOMEONE, message: "test" });
}

const PROVENANCE: Provenance = {
  format: 1,
  vibesafe: "0.0.0",
  provider: {
    name: "default",
    kind: "replay",
    model: "replay",
    temperature: null,
    seed: null,
    max_tokens: null,
    reasoning_effort: null,
    service_tier: null,
    base_url: null,
  },
  attempts: [],
  startedAt: "2024-01-01T00:00:00.000Z",
  finishedAt: "2024-01-01T00:00:00.000Z",
  responseDigest: "0".repeat(64),
  versions: {},
  materials: [],
};

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Flags of node. */
  readonly args?: readonly string[];
  /** Without tsx: compiled JavaScript, or TypeScript that node strips itself. */
  readonly plain?: boolean;
}

/** Runs a program of the project as a user would. */
export function runProgram(root: string, file: string, env: Readonly<Record<string, string>> = {}, { cwd = root, args = [], plain = false }: RunOptions = {}): Ran {
  const { NODE_OPTIONS: _, NODE_ENV: __, VIBESAFE_ENV: ___, NODE_TEST_CONTEXT: ____, ...clean } = process.env;
  return spawnSync(process.execPath, [...(plain ? [] : ["--import", tsx]), ...args, join(root, file)], { cwd, env: { ...clean, ...env }, encoding: "utf8" });
}
