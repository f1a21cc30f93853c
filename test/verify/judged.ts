/**
 * A project in a temporary folder whose replies the gates judge.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openProject, type Project } from "../../lib/project/project.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { createWorkspace, readSpecs, type Workspace } from "../../lib/spec/workspace.ts";
import type { HashedSpec, UnitId } from "../../lib/spec/types.ts";
import { runExamples } from "../../lib/verify/examples.ts";
import type { GateResult } from "../../lib/verify/types.ts";
import { tempDir } from "../temp.ts";

export interface TestProject {
  readonly root: string;
  readonly project: Project;
  readonly workspace: Workspace;
  /** The units of a file by name; fails the test when a spec is broken. */
  readonly specs: (file: string) => Map<string, HashedSpec>;
  /** Examples and properties only, as lists of failure messages; empty when all passed. */
  readonly judge: (file: string, impls: readonly (readonly [unit: string, impl: string])[], code?: Readonly<Record<string, string>>) => Promise<Judged[]>;
  readonly judgeAll: (impls: readonly (readonly [file: string, unit: string, impl: string])[], code?: Readonly<Record<string, string>>) => Promise<Judged[]>;
}

export interface Judged {
  readonly passed: boolean;
  readonly gates: readonly GateResult[];
  /** All messages of all failures. */
  readonly text: string;
}

const SETTINGS = `[provider.default]\nkind = "replay"\n`;

export function testProject(t: { after(cleanUp: () => void): void }, files: Readonly<Record<string, string>>, settings: string = "[sandbox]\ntimeout = 5\n"): TestProject {
  const root = tempDir(t);
  for (const [file, text] of Object.entries({ "vibesafe.toml": SETTINGS + settings, "package.json": '{ "type": "module" }\n', ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const project = openProject(root);
  const workspace = createWorkspace(project);
  const specs = (file: string): Map<string, HashedSpec> => {
    const found = readSpecs(workspace, file);
    const problem = found.problems[0];
    if (problem !== undefined) throw problem.error;
    return new Map(found.specs.map((spec) => [spec.name, hashSpec(workspace, spec)]));
  };
  const judgeAll: TestProject["judgeAll"] = async (impls, code = {}) => {
    const subjects = impls.map(([file, name, impl]) => {
      const hashed = specs(file).get(name);
      if (hashed === undefined) throw new Error(`no spec ${name}`);
      return { hashed, impl };
    });
    const results = await runExamples(workspace, subjects, { implementations: (id: UnitId) => code[id] });
    return results.map((gates) => ({
      passed: gates.every(({ passed }) => passed),
      gates,
      text: gates.flatMap(({ details }) => details.flatMap(({ passed, message }) => (passed ? [] : [message ?? ""]))).join("\n"),
    }));
  };
  return { root, project, workspace, specs, judgeAll, judge: (file, impls, code) => judgeAll(impls.map(([name, impl]) => [file, name, impl] as const), code) };
}

/** A spec file with one unit. */
export function specFile(doc: string, header: string, before: string = ""): string {
  const comment = ["/**", ...doc.split("\n").map((line) => ` * ${line}`.trimEnd()), " */"].join("\n");
  const name = /function\*? (\w+)/.exec(header)?.[1] ?? "";
  return `import { vibesafe, VibesafeHandled } from "vibesafe";\n${before}${comment}\nexport const ${name} = vibesafe.func(${header} {\n  throw new VibesafeHandled();\n});\n`;
}
