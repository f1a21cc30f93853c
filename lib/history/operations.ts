/**
 * Operations: a command's moves of refs as one thing that happens whole or not at all, and that `undo` takes back whole.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { VibesafeError } from "../errors.ts";
import { CANDIDATE_REFS } from "../spec/unit-id.ts";
import type { Identity } from "../store/commit.ts";
import { updateRefs, type RefTransition, type RefUpdate } from "../store/ref-transaction.ts";
import { readRefTarget } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { logIntent, logOutcome, readOperations, type Move, type Operation } from "./operation-log.ts";

/** Who moves refs, and by which command. */
export interface Mover {
  readonly who: Identity;
  /** The command line; it becomes the message of the reflogs. */
  readonly command: string;
}

/** How an operation relates to an earlier one. */
export interface Reversal {
  readonly kind: "undo" | "redo";
  readonly of: string;
}

/**
 * Moves refs as one operation. All move, or none does.
 *
 * @returns the operation; undefined when there is none to take back: every ref but candidates already held its new value
 * @throws VibesafeStoreError when a ref is not what was expected or is locked (`STORE_BUSY`), or cannot be written
 */
export function moveRefs(store: Store, updates: readonly RefUpdate[], mover: Mover, reversal?: Reversal): Operation | undefined {
  let operation: Operation | undefined;
  const announce = (transitions: readonly RefTransition[]): void => {
    const moves = transitions.map(({ name, from, to }): Move => ({ ref: name, from, to }));
    if (!moves.some(isDecisive)) return;
    operation = { id: randomBytes(8).toString("hex"), kind: "operation", ...reversal, command: mover.command, who: mover.who, moves };
    logIntent(store, operation);
  };
  try {
    updateRefs(store, updates, { who: mover.who, message: mover.command, announce });
  } catch (error) {
    // What failed after the move, such as syncing a folder, leaves refs that have moved.
    if (operation !== undefined && error instanceof VibesafeError && !hold(store, operation.moves)) logOutcome(store, operation.id, "void");
    throw error;
  }
  if (operation !== undefined) logOutcome(store, operation.id, "done");
  return operation;
}

/** What can be taken back and what can be made again, the next one last. */
export interface Stacks {
  readonly undoable: readonly Operation[];
  readonly redoable: readonly Operation[];
}

export function readStacks(store: Store): Stacks {
  const undoable: Operation[] = [];
  let redoable: Operation[] = [];
  for (const operation of thoseThatHappened(store)) {
    if (operation.kind === "operation") {
      undoable.push(operation);
      redoable = [];
    } else {
      const [from, to] = operation.kind === "undo" ? [undoable, redoable] : [redoable, undoable];
      const at = from.findLastIndex(({ id }) => id === operation.of);
      to.push(...from.splice(at === -1 ? from.length : at, 1));
    }
  }
  return { undoable, redoable };
}

/** Candidates come and go with every compile, which is no operation: where they stand decides nothing. */
export function isDecisive({ ref }: Move): boolean {
  return !ref.startsWith(CANDIDATE_REFS);
}

/**
 * Of an operation whose process died, the refs tell whether it happened: all of them hold what it gave them, or the next operation
 * found them so. Hence from the last to the first.
 */
function thoseThatHappened(store: Store): Operation[] {
  const found: Operation[] = [];
  const heldAfter = new Map<string, string | null>();
  for (const operation of readOperations(store).reverse()) {
    const { outcome, moves } = operation;
    const held = (ref: string): string | null => heldAfter.get(ref) ?? readRefTarget(store, ref) ?? null;
    const happened = outcome === "done" || (outcome === undefined && moves.filter(isDecisive).every(({ ref, to }) => held(ref) === to));
    if (!happened) continue;
    for (const { ref, from } of moves) heldAfter.set(ref, from);
    found.push(operation);
  }
  return found.reverse();
}

function hold(store: Store, moves: readonly Move[]): boolean {
  return moves.every(({ ref, to }) => (readRefTarget(store, ref) ?? null) === to);
}
