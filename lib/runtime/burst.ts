/**
 * What is read of a project while modules are being evaluated one after the other.
 *
 * @module
 */

import { openProject } from "../project/project.ts";
import { createWorkspace, readSpecs, type SpecsAndProblems, type Workspace } from "../spec/workspace.ts";

interface Burst {
  /** By the folder that a module lies in. */
  readonly workspaces: Map<string, Workspace>;
  readonly specs: WeakMap<Workspace, Map<string, SpecsAndProblems>>;
}

let current: Burst | undefined;

/**
 * The workspace of the project that `folder` lies in. Calls of one turn of the event loop share it, so that an import of a thousand
 * units reads and parses each file once; the next turn reads anew, so that no later change goes unseen.
 *
 * @throws VibesafeConfigError when there is no project, or its configuration is wrong
 */
export function workspaceAt(folder: string): Workspace {
  const { workspaces } = (current ??= newBurst());
  let workspace = workspaces.get(folder);
  if (workspace === undefined) {
    const project = openProject(folder);
    workspace = [...workspaces.values()].find((other) => other.project.root === project.root) ?? createWorkspace(project);
    workspaces.set(folder, workspace);
  }
  return workspace;
}

/** The specs of a file, extracted once a burst. */
export function specsIn(workspace: Workspace, file: string): SpecsAndProblems {
  const { specs } = (current ??= newBurst());
  const known = specs.get(workspace) ?? new Map<string, SpecsAndProblems>();
  specs.set(workspace, known);
  let found = known.get(file);
  if (found === undefined) known.set(file, (found = readSpecs(workspace, file)));
  return found;
}

/** Forgets what was read, before a decision that must see the files as they are now. */
export function endBurst(): void {
  current = undefined;
}

function newBurst(): Burst {
  setImmediate(endBurst).unref();
  return { workspaces: new Map(), specs: new WeakMap() };
}
