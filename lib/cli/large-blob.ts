/**
 * Blobs that are never held whole: looked at first, then printed in pieces.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { parseId, type BlobId, type ObjectId } from "../store/id.ts";
import { readObjectHead } from "../store/read-head.ts";
import { readObject, tryReadObject, type StoredObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import type { Context } from "./context.ts";

/** Larger blobs are read, verified and printed in pieces; type and size are told from what they say of themselves. */
const IN_PIECES = 1 << 24;

export interface LargeBlob {
  readonly id: BlobId;
  readonly type: "blob";
  readonly size: number;
}

/** An object, verified, or that it is large; undefined when it is missing. */
export function look(store: Store, id: ObjectId): StoredObject | LargeBlob | undefined {
  try {
    return tryReadObject(store, id, IN_PIECES);
  } catch (error) {
    if (!(error instanceof VibesafeStoreError)) throw error;
    const head = readObjectHead(store, id);
    if (head === undefined || head.size <= IN_PIECES) throw error;
    return head.type === "blob" ? { id: parseId<"blob">(id), type: "blob", size: head.size } : readObject(store, id);
  }
}

export function isLarge(object: StoredObject | LargeBlob | undefined): object is LargeBlob {
  return object !== undefined && !("payload" in object);
}

export async function printPiece({ io }: Context, chunk: Uint8Array): Promise<void> {
  io.outBytes(Uint8Array.from(chunk));
  await io.drained?.();
}
