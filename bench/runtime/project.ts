/**
 * A project with many saved units, written without model or gates: what is measured is their loading.
 *
 * @module
 */

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { buildImpl } from "../../lib/generate/build.ts";
import { openProject } from "../../lib/project/project.ts";
import { encodeSaveTree, formatSaveMessage, type Provenance } from "../../lib/spec/checkpoint.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { unitRef } from "../../lib/spec/unit-id.ts";
import { makeWitnesses } from "../../lib/spec/witness.ts";
import { createWorkspace, readSpecs } from "../../lib/spec/workspace.ts";
import { formatCommit } from "../../lib/store/commit.ts";
import { initStore } from "../../lib/store/init.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { writeObject } from "../../lib/store/write.ts";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const SOMEONE = { name: "A", email: "a@example.org", seconds: 1_700_000_000, offsetMinutes: 0 };

const spec = (i: number): string => `import { vibesafe, VibesafeHandled } from "vibesafe";

/**
 * Spreads a number over a range.
 *
 * >>> spread${i}(7, 5)
 * [0, 1, 2, 3, 4]
 */
export const spread${i} = vibesafe.func(function spread${i}(seed: number, length: number): number[] {
  throw new VibesafeHandled();
});
`;

/** Some forty lines, as a model writes them. */
const impl = (i: number): string => `interface Step { readonly index: number; readonly value: number }

function stepsOf(length: number): Step[] {
  const steps: Step[] = [];
  for (let index = 0; index < length; index += 1) {
    steps.push({ index, value: (index * ${i + 1}) % Math.max(1, length) });
  }
  return steps;
}

function inOrder(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort((a, b) => {
    if (a.index !== b.index) return a.index - b.index;
    return a.value - b.value;
  });
}

function checked(name: string, value: number): number {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(\`\${name} must be a whole number, found \${value}\`);
  }
  if (value < 0) {
    throw new RangeError(\`\${name} must not be negative, found \${value}\`);
  }
  return value;
}

export function spread${i}(seed: number, length: number): number[] {
  const count = checked("length", length);
  checked("seed", seed);
  const result: number[] = [];
  for (const { index } of inOrder(stepsOf(count))) {
    result.push(index);
  }
  return result;
}
`;

const PROVENANCE: Provenance = {
  format: 1,
  vibesafe: "0.0.0",
  provider: { name: "default", kind: "replay", model: "replay", temperature: null, seed: null, max_tokens: null, reasoning_effort: null, service_tier: null, base_url: null },
  attempts: [],
  startedAt: "2024-01-01T00:00:00.000Z",
  finishedAt: "2024-01-01T00:00:00.000Z",
  responseDigest: "0".repeat(64),
  versions: {},
  materials: [],
};

/**
 * Makes a project of `count` units: `src/u<i>.ts` with `spread<i>`, each saved; `stub/u<i>.js`, the same file compiled, and
 * `bare/u<i>.js`, that without `vibesafe.func`; `plain/u<i>.js`, the generated code as a module.
 */
export async function makeProject(count: number): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "vibesafe-bench-"));
  const write = (name: string, text: string): void => writeFileSync(join(root, name), text);
  for (const folder of ["src", "stub", "bare", "plain", "node_modules"]) mkdirSync(join(root, folder));
  symlinkSync(repository, join(root, "node_modules", "vibesafe"), "junction");
  write("package.json", '{"type":"module"}\n');
  write("vibesafe.toml", '[provider.default]\nkind = "replay"\n');
  for (let i = 0; i < count; i++) {
    write(`src/u${i}.ts`, spec(i));
    const { code, map } = transformSync(spec(i), { loader: "ts", format: "esm", sourcemap: "external", sourcefile: `../src/u${i}.ts`, sourcesContent: false });
    write(`stub/u${i}.js`, `${code}//# sourceMappingURL=u${i}.js.map\n`);
    write(`stub/u${i}.js.map`, map);
    write(`bare/u${i}.js`, code.replace("vibesafe.func(", "("));
    write(`plain/u${i}.js`, transformSync(impl(i), { loader: "ts", format: "esm" }).code);
  }
  const workspace = createWorkspace(openProject(root));
  const hashed = Array.from({ length: count }, (_, i) => {
    const [found] = readSpecs(workspace, `src/u${i}.ts`).specs;
    if (found === undefined) throw new Error(`no spec in src/u${i}.ts`);
    return hashSpec(workspace, found);
  });
  const witnesses = makeWitnesses(root, hashed.map((unit, i) => ({ hashed: unit, impl: impl(i), uses: {} })));
  const store = initStore(workspace.project.storeDir);
  const updates = await Promise.all(
    hashed.map(async ({ spec: { id }, bytes, specHash }, i) => {
      const { js } = await buildImpl(impl(i));
      const gates = ["examples", "types", "lint"].map((name) => ({ name, passed: true, tool: name, version: "1.0.0", durationMs: 5, details: [{ title: "spread(7, 5)", passed: true }] }));
      const witness = witnesses[i];
      const verification = { format: 1 as const, passed: true, gates, materials: [], ...(witness !== undefined && { witness }) };
      const { treeId, checkpointHash, objects } = encodeSaveTree({ impl: impl(i), prompt: `${spec(i)}\n`.repeat(5), spec: bytes, buildJs: js, provenance: PROVENANCE, verification });
      for (const { type, payload } of objects) writeObject(store, type, payload);
      const message = formatSaveMessage("bench", { unit: id, specHash, checkpointHash });
      const to = writeObject(store, "commit", formatCommit({ tree: treeId, parents: [], author: SOMEONE, committer: SOMEONE, message }));
      return { name: unitRef(id), to };
    }),
  );
  updateRefs(store, updates, { who: SOMEONE, message: "bench" });
  return root;
}
