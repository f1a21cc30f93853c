/**
 * The JSON Schema of the schemas that http units name. They are values, so the files of the specs are evaluated for it: in the sandbox,
 * without any generated code.
 *
 * @module
 */

import type { AnySchema } from "../http/openapi-components.ts";
import { REQUEST } from "../spec/extract/http.ts";
import type { HashedSpec } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import { VibesafeValidationError } from "../errors.ts";
import { bundleSubjects } from "./bundle.ts";
import { openPool } from "./sandbox/pool.ts";
import { loadFastCheck, loadPrograms } from "./sandbox/program.ts";

export interface DescribedSchemas {
  readonly input?: AnySchema;
  readonly output?: AnySchema;
}

/**
 * What the schemas of each unit are in JSON Schema, `{}` where their library cannot tell; in the order of `units`.
 *
 * @throws VibesafeValidationError when a file that declares them does not run
 */
export async function describeSchemas(workspace: Workspace, units: readonly HashedSpec[], signal?: AbortSignal): Promise<DescribedSchemas[]> {
  if (units.length === 0) return [];
  const { sandbox } = workspace.project.config;
  const subjects = units.map((hashed) => ({ hashed: { ...hashed, spec: asking(hashed.spec) }, impl: `export const ${hashed.spec.name} = () => undefined;` }));
  const bundles = await bundleSubjects(workspace, subjects, { implementations: () => undefined, counts: false });
  const pool = openPool({
    sandboxed: sandbox.enabled,
    timeoutMs: sandbox.timeout * 1000,
    memoryMb: sandbox.memory_mb,
    size: 1,
    programs: await loadPrograms(),
    fastCheck: loadFastCheck,
    signal,
  });
  try {
    const described: DescribedSchemas[] = [];
    for (const [i, { spec }] of units.entries()) {
      const bundle = bundles[i];
      if (bundle === undefined || "problems" in bundle) throw failed(spec, bundle?.problems[0]?.text ?? "it cannot be bundled");
      const outcome = await pool.run({ code: bundle.code, steps: bundle.plans, lent: bundle.lent, fastCheck: false, seed: 0 });
      const step = outcome.kind === "report" ? outcome.report.steps[0] : undefined;
      if (outcome.kind !== "report" || step === undefined || step.problem !== undefined) {
        const load = outcome.kind === "report" ? outcome.report.load?.text : undefined;
        throw failed(spec, load ?? (step?.problem?.kind === "threw" ? step.problem.error.text : outcome.kind));
      }
      described.push(JSON.parse(step.printed) as DescribedSchemas);
    }
    return described;
  } finally {
    await pool.close();
  }
}

/** The spec with one statement in place of its examples: it prints what the schemas are. */
function asking(spec: HashedSpec["spec"]): HashedSpec["spec"] {
  return { ...spec, examples: [{ source: `console.log(${REQUEST}.describe())`, expected: { kind: "none" }, line: spec.line, awaits: false }], properties: [] };
}

function failed({ id, file, line }: HashedSpec["spec"], reason: string): VibesafeValidationError {
  return new VibesafeValidationError(`${file}:${line}: the schemas cannot be told: ${reason}`, { unit: id, remedy: "let the file run without the network, files and processes" });
}
