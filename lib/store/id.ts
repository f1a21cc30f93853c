/**
 * Object ids: the SHA-256 of an object's header and content, as 64 lower-case hex digits, branded by what they name.
 *
 * @module
 */

declare const kind: unique symbol;
type Id<Kind extends string> = string & { readonly [kind]: Kind };

export type BlobId = Id<"blob">;
export type TreeId = Id<"tree">;
export type CommitId = Id<"commit">;
export type TagId = Id<"tag">;
export type ObjectId = BlobId | TreeId | CommitId | TagId;
