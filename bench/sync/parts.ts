/**
 * What the benchmark makes saves of.
 *
 * @module
 */

export { formatJson } from "../../lib/spec/checkpoint/json.ts";
export { encodeSpecMap } from "../../lib/spec/checkpoint/spec.ts";
export { encodeCheckpoint, formatSaveMessage } from "../../lib/spec/checkpoint.ts";
export { hashObject } from "../../lib/store/id.ts";
export { PLAIN } from "../../test/spec/maps.ts";
export { PROVENANCE, VERIFICATION } from "../../test/spec/saves.ts";
