/**
 * Expected texts, where `...` matches anything.
 *
 * @module
 */

/** Trailing blanks of lines and of the text do not count. */
export function withoutTrailingBlanks(text: string): string {
  return text.replaceAll("\r\n", "\n").split("\n").map((line) => line.trimEnd()).join("\n").trimEnd();
}

/** Whether `text` is `pattern`, with `...` in it standing for any text, also over line ends. */
export function matchesText(pattern: string, text: string): boolean {
  const parts = withoutTrailingBlanks(pattern).split("...");
  const whole = withoutTrailingBlanks(text);
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return whole === first;
  if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false;
  // The leftmost place for each part leaves the most room for the rest, so no choice has to be taken back.
  let from = first.length;
  const to = whole.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = whole.indexOf(part, from);
    if (at < 0 || at + part.length > to) return false;
    from = at + part.length;
  }
  return from <= to;
}
