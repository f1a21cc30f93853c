/**
 * Problem documents: what is wrong with a request, for the client (RFC 9457).
 *
 * @module
 */

import type { Place } from "./contract.ts";

/** What a client gets. */
export interface Answer {
  readonly status: number;
  /** JSON; null for no content. */
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is wrong with one field. */
export interface FieldProblem {
  readonly in: Place;
  /** Name on the wire of what is not in the body. */
  readonly name?: string;
  /** Place in the body: a JSON pointer (RFC 6901) as URI fragment. */
  readonly pointer?: string;
  readonly detail: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
};

export function problem(status: number, detail?: string, more: { readonly errors?: readonly FieldProblem[]; readonly allow?: readonly string[] } = {}): Answer {
  const { errors, allow } = more;
  const title = TITLES[status] ?? (status < 500 ? "Bad Request" : "Internal Server Error");
  return {
    status,
    body: JSON.stringify({ type: "about:blank", title, status, ...(detail !== undefined && { detail }), ...(errors !== undefined && { errors }) }),
    headers: { "content-type": "application/problem+json", ...(allow !== undefined && { allow: allow.join(", ") }) },
  };
}

/** The pointer to a place in a body. */
export function pointerTo(path: readonly PropertyKey[]): string {
  const escaped = path.map((part) => encodeURIComponent(wellFormed(String(part)).replaceAll("~", "~0").replaceAll("/", "~1")));
  return `#${escaped.map((part) => `/${part}`).join("")}`;
}

/** A surrogate alone has no UTF-8, which `encodeURIComponent` throws at. */
function wellFormed(text: string): string {
  return text.replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}
