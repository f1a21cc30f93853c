/**
 * Annotated tags.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { formatHeaders, parseHeaders, type Header } from "./headers.ts";
import { OBJECT_TYPES, parseId, type ObjectId, type ObjectType } from "./id.ts";
import { formatIdentity, parseIdentity, type Identity } from "./identity.ts";

export interface Tag {
  readonly object: ObjectId;
  readonly type: ObjectType;
  readonly name: string;
  readonly tagger: Identity;
  readonly extraHeaders?: readonly Header[];
  readonly message: string;
}

/**
 * Reads an annotated tag.
 *
 * @throws VibesafeStoreError when a header is missing, out of order or malformed
 */
export function parseTag(payload: Uint8Array): Tag {
  const { headers, message } = parseHeaders(payload, "tag");
  const take = (index: number, key: string): string => {
    const header = headers[index];
    if (header?.key !== key) throw new VibesafeStoreError(`bad tag: no ${key} line where it belongs`, { remedy: "run `vibe fsck`" });
    return header.value;
  };
  const object = parseId(take(0, "object"));
  const typeText = take(1, "type");
  const type = OBJECT_TYPES.find((known) => known === typeText);
  if (type === undefined) throw new VibesafeStoreError(`bad tag: type ${JSON.stringify(typeText)}`, { remedy: "run `vibe fsck`" });
  const name = take(2, "tag");
  const tagger = parseIdentity(take(3, "tagger"), "tag");
  const extraHeaders = headers.slice(4);
  return { object, type, name, tagger, ...(extraHeaders.length > 0 && { extraHeaders }), message };
}

/** Writes an annotated tag; the inverse of `parseTag`. */
export function formatTag(tag: Tag): Uint8Array {
  const headers: Header[] = [
    { key: "object", value: tag.object },
    { key: "type", value: tag.type },
    { key: "tag", value: tag.name },
    { key: "tagger", value: formatIdentity(tag.tagger) },
    ...(tag.extraHeaders ?? []),
  ];
  return formatHeaders({ headers, message: tag.message }, "tag");
}
