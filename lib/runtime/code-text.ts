/**
 * Verified code as text, with its source map where somebody wants it.
 *
 * The parts of the code stand on the lines of `impl.ts`, so stacks are right without the map on its last line, which is three quarters of
 * it: only who asks for columns or steps through the code is given that.
 *
 * @module
 */

import { decodeUtf8 } from "../store/text.ts";

const MAP_COMMENT = "\n//# sourceMappingURL=data:";

/** The text of `build/impl.js`. @throws VibesafeStoreError when it is no UTF-8 */
export function codeText(bytes: Uint8Array): string {
  const end = process.sourceMapsEnabled || isInspected() ? -1 : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf(MAP_COMMENT);
  return decodeUtf8(end === -1 ? bytes : bytes.subarray(0, end), "impl.js");
}

/** The same without its source map. */
export function withoutMap(js: string): string {
  const end = js.lastIndexOf(MAP_COMMENT);
  return end === -1 ? js : js.slice(0, end);
}

/** The comment on the last line that holds the source map. */
export function mapComment(js: string): string | undefined {
  const end = js.lastIndexOf(MAP_COMMENT);
  return end === -1 ? undefined : js.slice(end + 1);
}

let startedForDebugger: boolean | undefined;
/** Of `process.moduleLoadList`, which only grows: so many are known not to be the inspector. */
let others = 0;

/** Whether a debugger is attached, or the program was started for one. Does not load the inspector to tell. */
export function isInspected(): boolean {
  startedForDebugger ??= process.execArgv.some((flag) => flag.startsWith("--inspect")) || process.env["NODE_OPTIONS"]?.includes("--inspect") === true;
  if (startedForDebugger) return true;
  const loaded: unknown = Reflect.get(process, "moduleLoadList");
  if (!Array.isArray(loaded)) return false;
  if (!loaded.includes("NativeModule inspector", others)) {
    others = loaded.length;
    return false;
  }
  return process.getBuiltinModule("node:inspector").url() !== undefined;
}
