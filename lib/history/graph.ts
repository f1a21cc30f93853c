/**
 * The lines that `log --graph` draws beside commits.
 *
 * Each line of history that is not yet at its end has a lane, and a lane knows the commit that it waits for.
 *
 * @module
 */

import type { CommitId } from "../store/id.ts";

export interface GraphRow<Entry> {
  readonly entry: Entry;
  /** Stands before the first line of the commit's text. */
  readonly first: string;
  /** Stands before its other lines. */
  readonly rest: string;
  /** Lines between this commit and the next. */
  readonly after: readonly string[];
}

/** @param entries - in topological order */
export function drawGraph<Entry extends { readonly id: CommitId; readonly parents: readonly CommitId[] }>(entries: readonly Entry[]): GraphRow<Entry>[] {
  const shown = new Set(entries.map(({ id }) => id));
  let lanes: CommitId[] = [];
  return entries.map((entry) => {
    let at = lanes.indexOf(entry.id);
    if (at === -1) at = lanes.push(entry.id) - 1;
    const parents = [...new Set(entry.parents)].filter((parent) => shown.has(parent));
    const first = lanes.map((_, lane) => (lane === at ? "*" : "|")).join(" ");
    const after: string[] = [];
    const [main, ...others] = parents;
    if (main === undefined) {
      const right = lanes.length - at - 1;
      if (right > 0) after.push(`${"| ".repeat(at)}${" /".repeat(right)}`);
      lanes = lanes.filter((_, lane) => lane !== at);
    } else {
      lanes[at] = main;
    }
    for (const other of others.toReversed()) {
      after.push(`${"| ".repeat(at)}|${"\\ ".repeat(lanes.length - at).trimEnd()}`);
      lanes.splice(at + 1, 0, other);
    }
    for (let twin = twinLane(lanes); twin !== undefined; twin = twinLane(lanes)) {
      after.push(joinLine(lanes.length, twin));
      lanes.splice(twin.right, 1);
    }
    const rest = main === undefined && at === lanes.length ? "" : lanesText(lanes.length);
    return { entry, first, rest: after.length === 0 ? rest : lanesText(first.split(" ").length), after };
  });
}

interface Twins {
  readonly left: number;
  readonly right: number;
}

/** Two lanes that wait for one commit. */
function twinLane(lanes: readonly CommitId[]): Twins | undefined {
  for (let right = lanes.length - 1; right > 0; right--) {
    const left = lanes.indexOf(lanes[right] as CommitId);
    if (left < right) return { left, right };
  }
  return undefined;
}

/** `| |_|/ /`: the right lane of two goes over to the left one, and those beyond it move up. */
function joinLine(lanes: number, { left, right }: Twins): string {
  let line = "";
  for (let lane = 0; lane < lanes; lane++) {
    if (lane < right) line += `|${lane >= left && lane < right - 1 ? "_" : lane === right - 1 ? "/" : " "}`;
    else if (lane > right) line += " /";
  }
  return line;
}

function lanesText(lanes: number): string {
  return Array.from({ length: lanes }, () => "|").join(" ");
}
