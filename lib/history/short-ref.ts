/**
 * Names of refs, as short as they may be (gitrevisions(7), "<refname>").
 *
 * @module
 */

/** Where git looks for a short name, the first place first; git-rev-parse(1). */
const PLACES: readonly (readonly [before: string, after: string])[] = [["", ""], ["refs/", ""], ["refs/tags/", ""], ["refs/heads/", ""], ["refs/remotes/", ""], ["refs/remotes/", "/HEAD"]];

/**
 * The shortest name that means this ref and, in whatever place git looks, no other.
 *
 * @param exists - whether there is a ref of a full name
 */
export function shortRefName(name: string, exists: (name: string) => boolean): string {
  for (const [at, [before, after]] of [...PLACES.entries()].reverse()) {
    if (at === 0 || !name.startsWith(before) || !name.endsWith(after) || name.length <= before.length + after.length) continue;
    const short = name.slice(before.length, name.length - after.length);
    if (!PLACES.some(([first, last], other) => other !== at && exists(first + short + last))) return short;
  }
  return name;
}
