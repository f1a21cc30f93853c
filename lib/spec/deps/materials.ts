/**
 * The files that went into H_spec, with their digests.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { perWorkspace } from "../per-workspace.ts";
import type { Material } from "../types.ts";
import type { Workspace } from "../workspace.ts";

const digests = perWorkspace(() => new Map<string, string>());

/** Digests of `files`, sorted by path; each file is read once a workspace. */
export function readMaterials(workspace: Workspace, files: Iterable<string>): Material[] {
  const known = digests(workspace);
  return [...new Set(files)].sort().map((uri) => {
    let sha256 = known.get(uri);
    if (sha256 === undefined) {
      sha256 = createHash("sha256").update(readFileSync(resolve(workspace.project.root, uri))).digest("hex");
      known.set(uri, sha256);
    }
    return { uri, digest: { sha256 } };
  });
}
