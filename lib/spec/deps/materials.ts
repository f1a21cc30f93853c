/**
 * The files that went into H_spec, with their digests.
 *
 * @module
 */

import { VibesafeTypeError } from "../../errors.ts";
import type { Material } from "../types.ts";
import type { Workspace } from "../workspace.ts";

/** Digests of `files`, sorted by path; of the very bytes that the workspace has read. @throws VibesafeTypeError when one went since */
export function readMaterials(workspace: Workspace, files: Iterable<string>): Material[] {
  return [...new Set(files)].sort().map((uri) => {
    const sha256 = workspace.digest(uri);
    if (sha256 === undefined) throw new VibesafeTypeError(`${uri}: vanished while it was read`, { remedy: "run the command again" });
    return { uri, digest: { sha256 } };
  });
}
