/**
 * The OpenAPI document as a page.
 *
 * @module
 */

import type { Document } from "./openapi.ts";

export function docsPage(document: Document): string {
  return `<!doctype html><pre>${JSON.stringify(document, null, 2).replaceAll("<", "&lt;")}</pre>`;
}
