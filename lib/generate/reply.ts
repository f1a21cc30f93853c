/**
 * From a model's reply to the code in it.
 *
 * @module
 */

import { VibesafeValidationError } from "../errors.ts";
import { fencedBlocks } from "./fence.ts";

const CODE = new Set(["ts", "typescript", "js", "javascript"]);

/**
 * The code of a reply: its last fenced block of TypeScript or JavaScript, else the whole reply.
 *
 * The result has LF line ends and exactly one at its end, so that equal code has equal bytes whoever sent it.
 *
 * @throws VibesafeValidationError when there is no code
 */
export function codeOfReply(reply: string): string {
  const text = reply.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
  const block = fencedBlocks(text).findLast(({ info }) => CODE.has(languageOf(info)));
  const code = trimBlankLines(block === undefined ? text.trim() : block.content);
  if (code === "") {
    throw new VibesafeValidationError(block === undefined ? "the reply is empty" : "the code block of the reply is empty", {
      remedy: "answer with one ```ts block that holds the whole module",
    });
  }
  return `${code}\n`;
}

/** First word of an info string: `ts` of "ts", "TS title=x", "ts:src/a.ts" and "{.ts}". */
function languageOf(info: string): string {
  return (/^\{?\.?([\w+#-]*)/.exec(info)?.[1] ?? "").toLowerCase();
}

function trimBlankLines(code: string): string {
  const lines = code.split("\n");
  const full = (line: string): boolean => line.trim() !== "";
  return lines
    .slice(Math.max(lines.findIndex(full), 0), lines.findLastIndex(full) + 1)
    .join("\n")
    .trimEnd();
}
