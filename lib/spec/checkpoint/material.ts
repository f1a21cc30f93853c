/**
 * A file with the digest of its bytes, as in-toto names it.
 *
 * @module
 */

import { digest, record, text, type Reader } from "./json.ts";
import type { Material } from "../types.ts";

export const material: Reader<Material> = (value, path) => {
  const o = record(value, path);
  const digests = record(o["digest"], `${path}.digest`);
  return { uri: text(o["uri"], `${path}.uri`), digest: { sha256: digest(digests["sha256"], `${path}.digest.sha256`) } };
};
