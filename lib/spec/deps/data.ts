/**
 * Files that are imported but are no code: JSON, text, anything else.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { VibesafeTypeError } from "../../errors.ts";
import type { Workspace } from "../workspace.ts";

/** Whether `file` is anything but JavaScript or TypeScript. */
export function isData(file: string): boolean {
  return !/\.[cm]?[jt]sx?$/.test(file);
}

/**
 * What of a data file counts: of JSON the values, of other files the content with LF line ends.
 *
 * @param name - `default` for the whole, else a property of the JSON object
 * @throws VibesafeTypeError for a file that is no JSON, or has no such property
 */
export function dataCode(workspace: Workspace, file: string, name: string): string {
  if (!file.endsWith(".json")) {
    const bytes = Buffer.from(workspace.bytes(file) ?? []);
    const content = bytes.includes(0) ? bytes : Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
    return `sha256 ${createHash("sha256").update(content).digest("hex")}`;
  }
  const value = parse(workspace.text(file) ?? "", file);
  if (name === "default") return canonicalJson(value);
  if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)) {
    return canonicalJson(Reflect.get(value, name));
  }
  throw new VibesafeTypeError(`${file}: has no "${name}"`, { remedy: "import a property that it has" });
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new VibesafeTypeError(`${file}: ${cause.message}`, { cause, remedy: "mend the JSON" });
  }
}

/** One spelling for each value. The order of properties stays: a program can see it. */
function canonicalJson(value: unknown): string {
  // JSON.stringify has no word for the two numbers that JSON can spell and it cannot.
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : Number.isFinite(value) ? String(value) : `${value < 0 ? "-" : ""}1e999`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}
