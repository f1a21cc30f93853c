/**
 * Taking operations back, the last one first, and making them again. Refs move; no object and no line of a reflog goes away.
 *
 * @module
 */

import { VibesafeStoreError, VibesafeUsageError } from "../errors.ts";
import type { ObjectId } from "../store/id.ts";
import { hasObject } from "../store/read.ts";
import type { RefUpdate } from "../store/ref-transaction.ts";
import { readRefTarget } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { isDecisive, moveRefs, readStacks, type Mover } from "./operations.ts";
import type { Move, Operation } from "./operation-log.ts";

export interface Reversed {
  /** The operation that was taken back or made again. */
  readonly operation: Operation;
  /** What moved, in the direction it moved. */
  readonly moves: readonly Move[];
}

export interface ReverseOptions {
  /** Tell what would move, and change nothing. */
  readonly dryRun?: boolean;
}

/**
 * Takes the last operation back: every ref that it moved returns to where it was.
 *
 * @throws VibesafeUsageError when there is none, or one of its refs was moved since by something that is no operation
 * @throws VibesafeStoreError when another process is faster, or what a ref must return to is gone
 */
export function undoOperation(store: Store, mover: Mover, options: ReverseOptions = {}): Reversed {
  const operation = readStacks(store).undoable.at(-1);
  if (operation === undefined) throw new VibesafeUsageError("nothing to undo", { remedy: "`vibe reflog` shows every move; `vibe checkout REV` goes to any save" });
  const back = operation.moves.map(({ ref, from, to }): Move => ({ ref, from: to, to: from }));
  return reverse(store, { operation, moves: back, kind: "undo" }, mover, options);
}

/**
 * Makes the operation again that was last taken back.
 *
 * @throws VibesafeUsageError, VibesafeStoreError as `undoOperation`
 */
export function redoOperation(store: Store, mover: Mover, options: ReverseOptions = {}): Reversed {
  const operation = readStacks(store).redoable.at(-1);
  if (operation === undefined) throw new VibesafeUsageError("nothing to redo", { remedy: "redo follows undo; an operation in between ends it, and `vibe reflog` still shows every move" });
  return reverse(store, { operation, moves: operation.moves, kind: "redo" }, mover, options);
}

function reverse(store: Store, { operation, moves, kind }: Reversed & { readonly kind: "undo" | "redo" }, { who, command }: Mover, { dryRun = false }: ReverseOptions): Reversed {
  const wanted = moves.filter((move) => isDecisive(move) || canMove(store, move));
  for (const move of wanted) check(store, move, operation, kind);
  if (!dryRun) {
    const updates = wanted.map(({ ref, from, to }): RefUpdate => ({ name: ref, expected: from, to }));
    moveRefs(store, updates, { who, command: `${command} (${operation.command})` }, { kind, of: operation.id });
  }
  return { operation, moves: wanted };
}

/** Whether a candidate is still where the operation left it and what it was before is still in the cache. */
function canMove(store: Store, { ref, from, to }: Move): boolean {
  return held(store, ref) === from && (to === null || hasObject(store, to));
}

function check(store: Store, { ref, from, to }: Move, operation: Operation, kind: string): void {
  const now = held(store, ref);
  if (now !== from) {
    throw new VibesafeUsageError(`cannot ${kind} \`${operation.command}\`: ${ref} is ${show(now)}, expected ${show(from)}: something else than vibe moved it since`, {
      remedy: `see \`vibe reflog\`, then go where you want with \`vibe checkout\` or \`vibe update-ref\``,
    });
  }
  if (to !== null && !hasObject(store, to)) {
    throw new VibesafeStoreError(`cannot ${kind} \`${operation.command}\`: ${to}, which ${ref} must hold, is no longer in the store`, { remedy: "run `vibe fsck`" });
  }
}

function held(store: Store, ref: string): ObjectId | null {
  return readRefTarget(store, ref) ?? null;
}

function show(id: ObjectId | null): string {
  return id === null ? "absent" : id.slice(0, 16);
}
