/**
 * Small projects for tests of generation.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openProject, type Project } from "../../lib/project/project.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import type { HashedSpec } from "../../lib/spec/types.ts";
import { createWorkspace, readSpecs, type Workspace } from "../../lib/spec/workspace.ts";
import { tempDir } from "../temp.ts";

export const REPLAY = '[provider.default]\nkind = "replay"\n';

export interface SpecProject {
  readonly project: Project;
  readonly workspace: Workspace;
  /** The unit of that name; its file must have one. */
  unit(file: string, name: string): HashedSpec;
}

/** Writes a project's files, `vibesafe.toml` included where `files` has none, into a folder that ends with the test. */
export function specProject(t: { after(cleanUp: () => void): void }, files: Readonly<Record<string, string>>): SpecProject {
  const root = tempDir(t);
  for (const [name, text] of Object.entries({ "vibesafe.toml": REPLAY, ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const project = openProject(root);
  const workspace = createWorkspace(project);
  return {
    project,
    workspace,
    unit(file, name) {
      const { specs, problems } = readSpecs(workspace, file);
      for (const { error } of problems) throw error;
      const spec = specs.find((one) => one.name === name);
      if (spec === undefined) throw new Error(`${file} has no unit ${name}`);
      return hashSpec(workspace, spec);
    },
  };
}
