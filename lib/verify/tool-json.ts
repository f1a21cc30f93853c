/**
 * What a tool printed, where it is a JSON object.
 *
 * @module
 */

/** The object; undefined for anything else: such a tool speaks to people, or by its exit status. */
export function jsonObjectIn(output: string): object | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return typeof parsed === "object" && parsed !== null ? parsed : undefined;
}
