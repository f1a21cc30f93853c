/**
 * Texts parsed once: the bundle, the coverage and the type check each look at the same module and the same examples.
 *
 * @module
 */

import { parseText, type Language } from "../spec/parse.ts";

type Parsed = ReturnType<typeof parseText>;

const parsed = new Map<string, Parsed>();

/** Beyond so many all are forgotten: a run of the gates comes back to a text soon or never. */
const MOST = 4096;

/** As `parseText`; the tree is shared, and not to be changed. */
export function parsedText(source: string, lang: Language): Parsed {
  const key = `${lang} ${source}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const syntax = parseText(source, lang);
  if (parsed.size >= MOST) parsed.clear();
  parsed.set(key, syntax);
  return syntax;
}
