/**
 * Paths of endpoints: `/users/{id}` or `/users/:id`, whole segments only.
 *
 * @module
 */

/** A segment is a text to be equal to, as it stands on the wire, or the name of a parameter. */
export type Segment = { readonly text: string } | { readonly name: string };

/** Where vibesafe's own routes lie. */
export const RESERVED = "_vibesafe";

const NAME = /^(?::([A-Za-z_$][\w$]*)|\{([A-Za-z_$][\w$]*)\})$/;
/** RFC 3986 `pchar` without percent-encoding, which has several spellings of one path, and without what routers take for patterns. */
const TEXT = /^[A-Za-z0-9\-._~!$&'(),;=@+]+$/;

/** The segments of a path, or what is wrong with it. */
export function parsePath(path: string): readonly Segment[] | string {
  if (!path.startsWith("/")) return "does not begin with /";
  if (path === "/") return [];
  const segments: Segment[] = [];
  const names = new Set<string>();
  for (const part of path.slice(1).split("/")) {
    const named = NAME.exec(part);
    const name = named?.[1] ?? named?.[2];
    if (name !== undefined) {
      if (names.has(name)) return `names {${name}} twice`;
      names.add(name);
      segments.push({ name });
    } else if (part === "") {
      return "has an empty segment";
    } else if (!TEXT.test(part) || part === "." || part === "..") {
      return `has the segment ${JSON.stringify(part)}, which is neither plain text nor {name}`;
    } else {
      segments.push({ text: part });
    }
  }
  const [first] = segments;
  return first !== undefined && "text" in first && first.text === RESERVED ? `begins with /${RESERVED}, which is vibesafe's own` : segments;
}

/** As OpenAPI writes a path. */
export function formatPath(segments: readonly Segment[]): string {
  return `/${segments.map((segment) => ("text" in segment ? segment.text : `{${segment.name}}`)).join("/")}`;
}

/** As Hono writes it. */
export function honoPath(segments: readonly Segment[]): string {
  return `/${segments.map((segment) => ("text" in segment ? segment.text : `:${segment.name}`)).join("/")}`;
}
