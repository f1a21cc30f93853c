/**
 * Where the shim of a file stands, for whoever calls the bare stub.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import { dirname } from "node:path";
import { shimPath } from "../spec/shims.ts";
import { fromRoot } from "../spec/workspace.ts";
import { workspaceAt } from "./burst.ts";
import { sourcePosition, type CallSite } from "./call-site.ts";

/** POSIX path from the project root; undefined where the file is in no project that can be read. */
export function shimOf(site: CallSite): string | undefined {
  try {
    const { file } = sourcePosition(site);
    const { project } = workspaceAt(dirname(file));
    return shimPath(project, fromRoot(project, file));
  } catch (error) {
    if (error instanceof VibesafeError) return undefined;
    throw error;
  }
}
