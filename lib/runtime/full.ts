/**
 * The part of the runtime that reads specs: identifies a call by parsing its file, hashes, explains, compiles in dev mode.
 *
 * In the built package this is a file of its own, loaded at the first call of one of these functions (scripts/build.mjs): a program
 * whose units are as they were saved never loads it.
 *
 * @module
 */

export { endBurst } from "./burst.ts";
export { devLoader } from "./dev.ts";
export { endpointOf, type EndpointTexts } from "./endpoint.ts";
export { importLeadsTo } from "./import-target.ts";
export { modeOf } from "./project-mode.ts";
export { shimOf } from "./shim-of.ts";
export { unitAt, unitNamed } from "./unit.ts";
export { verifiedCode } from "./verified-code.ts";
