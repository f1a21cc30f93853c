/**
 * What an import that `paths` or `baseUrl` of a tsconfig send somewhere rests on.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { tryResolve } from "../resolve.ts";
import type { Workspace } from "../workspace.ts";
import { candidatesIn, holds, listFolder } from "./folders.ts";
import { EXTENSION } from "./lookups.ts";

export interface Mapped {
  /** Absolute paths of folders that may hold what the import leads to, and of what would go before it. */
  readonly facts: readonly string[];
  /** It ends at one of the targets: the search for a package never began. */
  readonly ends: boolean;
}

/** @param targets - absolute paths that the import may be sent to. @returns undefined where folders do not tell where it leads */
export function mappedFacts(workspace: Workspace, specifier: string, file: string, targets: readonly string[]): Mapped | undefined {
  const facts: string[] = [];
  const places = new Set<string>();
  for (const target of targets) {
    const found = placesAt(target);
    if (found === undefined) return undefined;
    facts.push(...found.facts);
    for (const place of found.places) places.add(place);
  }
  const resolved = tryResolve(workspace, specifier, file);
  if (typeof resolved === "string") return undefined;
  if (resolved.kind !== "file") return { facts, ends: false };
  const ends = [resolved.file, resolved.types ?? resolved.file].every((path) => places.has(join(workspace.project.root, path)));
  // TypeScript looks further where there is neither source nor declaration.
  return ends && /\.tsx?$/.test(resolved.types ?? resolved.file) ? { facts, ends } : undefined;
}

interface Places {
  readonly facts: readonly string[];
  /** Files that the target may mean. */
  readonly places: readonly string[];
}

function placesAt(target: string): Places | undefined {
  const folder = dirname(target);
  const beside = filesIn(folder, basename(target).replace(EXTENSION, ""));
  if (beside === undefined) return undefined;
  const own = `${basename(target)}d`.toLowerCase();
  if (!beside.entries.some((entry) => entry.toLowerCase() === own)) return { facts: [folder], places: beside.files };
  const inside = filesIn(target, "index");
  // A manifest sends the import on.
  if (inside === undefined || holds(listFolder(target, "") ?? "package.jsonf", "package.json")) return undefined;
  return { facts: [folder, target], places: [...beside.files, ...inside.files] };
}

/** Undefined where a link is among the candidates: what it leads to may come and go without a change of the folder. */
function filesIn(folder: string, stem: string): { readonly entries: readonly string[]; readonly files: readonly string[] } | undefined {
  const entries = candidatesIn(listFolder(folder, "") ?? "", stem).split("/");
  if (entries.some((entry) => entry.endsWith("l"))) return undefined;
  return { entries, files: entries.filter((entry) => entry.endsWith("f")).map((entry) => join(folder, entry.slice(0, -1))) };
}
