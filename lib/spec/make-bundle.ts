/**
 * From a project to its sealed bundle.
 *
 * @module
 */

import { VibesafeCheckpointMissing } from "../errors.ts";
import type { ObjectId, TreeId } from "../store/id.ts";
import { readObject } from "../store/read.ts";
import { openStore, type Store } from "../store/store.ts";
import { parseTree, TREE_MODE } from "../store/tree.ts";
import { VERSION } from "../version.ts";
import { formatBundle, type BundledObject, type BundledUnit, type WholeUnit } from "./bundle.ts";
import { scanProject } from "./scan.ts";
import type { Save } from "./checkpoint.ts";
import { packageWarnings, verifiedSave } from "./verified-save.ts";
import { lastLine } from "./witness.ts";
import type { Workspace } from "./workspace.ts";

export interface MadeBundle {
  readonly bytes: Uint8Array;
  readonly units: readonly BundledUnit[];
  readonly objects: number;
  /** Packages that are not those that were frozen, and may be others here: a line for each. */
  readonly warnings: readonly string[];
}

/**
 * Makes the bundle of every unit of the project, each checked as production checks it. Holds what is reachable from the active saves
 * without their history, and nothing else.
 *
 * @throws VibesafeError of the first unit that production would refuse
 */
export function makeBundle(workspace: Workspace): MadeBundle {
  const { specs, problems } = scanProject(workspace);
  const [problem] = problems;
  if (problem !== undefined) throw problem.error;
  const warnings: string[] = [];
  const units = specs.map((spec): WholeUnit => {
    const { id } = spec;
    const save = verifiedSave(workspace, { id }, () => spec);
    if (save.verification?.witness?.vibesafe !== VERSION) {
      throw new VibesafeCheckpointMissing(`the save of ${id} has no witness of this version of vibesafe`, {
        unit: id,
        remedy: `run \`vibe compile --force --target ${id}\`, then \`vibe save --target ${id}\``,
      });
    }
    warnings.push(...packageWarnings(workspace, spec, save));
    const store = openStore(workspace.project.storeDir);
    const objects = new Map<ObjectId, BundledObject>();
    collect(store, save.commitId, objects);
    collectTree(store, save.commit.tree, objects);
    return { id, commit: save.commitId, file: spec.file, lines: [spec.line, lastLine(spec)], objects: inReadingOrder(save, [...objects.values()]) };
  });
  return { bytes: formatBundle(VERSION, units), units, objects: units.reduce((sum, { objects }) => sum + objects.length, 0), warnings };
}

/** What `readDeployed` and `readBuild` read, as they do, before the rest. */
function inReadingOrder({ commitId, commit, checkpointHash }: Save, objects: readonly BundledObject[]): BundledObject[] {
  const within = (id: ObjectId): ReadonlyMap<string, ObjectId> => {
    const tree = objects.find((object) => object.id === id);
    return new Map(tree === undefined ? [] : parseTree(tree.payload).map((entry) => [entry.name, entry.id]));
  };
  const root = within(commit.tree);
  const build = root.get("build");
  const first = [commitId, commit.tree, root.get("verification.json"), checkpointHash, build, build === undefined ? undefined : within(build).get("impl.js")];
  const place = ({ id }: BundledObject): number => (first.indexOf(id) + first.length + 1) % (first.length + 1);
  return [...objects].sort((a, b) => place(a) - place(b));
}

function collect(store: Store, id: ObjectId, objects: Map<ObjectId, BundledObject>): Uint8Array {
  const object = objects.get(id) ?? { id, ...readObject(store, id) };
  objects.set(id, object);
  return object.payload;
}

function collectTree(store: Store, id: TreeId, objects: Map<ObjectId, BundledObject>): void {
  for (const entry of parseTree(collect(store, id, objects))) {
    if (entry.mode === TREE_MODE) collectTree(store, entry.id as TreeId, objects);
    else collect(store, entry.id, objects);
  }
}
