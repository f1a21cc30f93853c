import { vibesafe, VibesafeHandled } from "vibesafe";

/** A character and how often it stands in a row. */
export type Run = readonly [character: string, count: number];

/** The text that the runs spell. */
export function decode(runs: readonly Run[]): string {
  return runs.map(([character, count]) => character.repeat(count)).join("");
}

/**
 * The runs of equal characters (code points) in a text; neighbouring runs differ.
 *
 * >>> encode("aaab")
 * [["a", 3], ["b", 1]]
 * >>> encode("")
 * []
 *
 * ```fast-check
 * fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => decode(encode(text)) === text));
 * fc.assert(
 *   fc.property(fc.array(fc.constantFrom("a", "b")), (letters) =>
 *     encode(letters.join("")).every(([character], i, runs) => character !== runs[i - 1]?.[0]),
 *   ),
 * );
 * ```
 */
export const encode = vibesafe.func(function encode(text: string): Run[] {
  throw new VibesafeHandled();
});
