/**
 * Small projects for the tests of resolution, dependencies and hashing.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { openProject } from "../../lib/project/project.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import type { HashedSpec, Spec } from "../../lib/spec/types.ts";
import { createWorkspace, readSpecs, type Workspace } from "../../lib/spec/workspace.ts";
import { tempDir } from "../temp.ts";
import { writeProject, type Entry } from "./pair-file.ts";

export type Cleanup = Parameters<typeof tempDir>[0];

/** `replay` everywhere: no unit needs a model to be hashed. */
export const CONFIG = '[provider.default]\nkind = "replay"\n';

/** A project of these files in a folder of its own below a new temporary folder; a value `-> x` is a link to `x`. */
export function newWorkspace(t: Cleanup, files: Readonly<Record<string, string>>, folder: string = "project"): Workspace {
  const root = join(tempDir(t), folder);
  const entries = Object.entries({ "vibesafe.toml": CONFIG, ...files }).map(([file, text]): [string, Entry] => [
    file,
    text.startsWith("-> ") ? { link: text.slice(3) } : { text },
  ]);
  writeProject(root, new Map(entries));
  return createWorkspace(openProject(root));
}

/** Source of a file that holds one unit, `f`, on line 8 or below. */
export function unitFile({ imports = "", signature = "function f(a: number): number", body = "", example = ">>> f(1)\n * 1", options = "" }: {
  imports?: string;
  signature?: string;
  body?: string;
  example?: string;
  options?: string;
}): string {
  return `import { vibesafe, VibesafeHandled } from "vibesafe";
${imports}
/**
 * Doc.
 *
 * ${example}
 */
export const f = vibesafe.func(${options}${signature} {
  ${body}
  throw new VibesafeHandled();
});
`;
}

/** The one unit of a file. */
export function specIn(workspace: Workspace, file: string): Spec {
  const { specs, problems } = readSpecs(workspace, file);
  assert.deepEqual(problems.map(({ error }) => error.message), []);
  const [spec] = specs;
  assert.ok(spec !== undefined && specs.length === 1, `${file} holds one unit`);
  return spec;
}

export function hashOf(workspace: Workspace, file: string = "src/unit.ts"): HashedSpec {
  return hashSpec(workspace, specIn(workspace, file));
}
