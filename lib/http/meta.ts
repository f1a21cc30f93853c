/**
 * What endpoints tell of themselves: health, version, the OpenAPI document and a page of it.
 *
 * @module
 */

import { VERSION } from "../version.ts";
import { docsPage } from "./docs-page.ts";
import { describeEndpoint } from "./described.ts";
import { openapi, type Document } from "./openapi.ts";
import { RESERVED } from "./path.ts";
import type { Answer } from "./problem.ts";
import { registry, type Standing } from "./registry.ts";
import type { Served } from "./serve.ts";

export interface MetaOptions {
  /** Title and version of the API, for the OpenAPI document. */
  readonly title?: string | undefined;
  readonly version?: string | undefined;
  /** Whether the OpenAPI document and its page are served; they are if not given. */
  readonly docs?: boolean | undefined;
}

/** How long a finding of `/health` counts, in milliseconds: verifying reads files, and anybody may ask. */
const FRESH_MS = 1000;

export function ownRoutes(served: readonly Served[], options: MetaOptions & { readonly prefix: string }): ReadonlyMap<string, () => Answer | Promise<Answer>> {
  const { prefix, docs = true } = options;
  const route = (name: string): string => `${prefix}/${RESERVED}/${name}`;
  let made: Promise<Document> | undefined;
  const document = (): Promise<Document> => (made ??= Promise.all(served.map(({ endpoint }) => describeEndpoint(endpoint))).then((all) => openapi(all, options)));
  const routes = new Map<string, () => Answer | Promise<Answer>>([
    [route("health"), healthOf(served)],
    [route("version"), () => json(200, versionOf(served))],
  ]);
  if (!docs) return routes;
  routes.set(route("openapi.json"), async () => ({ status: 200, body: JSON.stringify(await document()), headers: { "content-type": "application/json" } }));
  routes.set(route("docs"), async () => ({
    status: 200,
    body: docsPage(await document()),
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    },
  }));
  return routes;
}

/** 200 where a restart would run the same verified code, else 503 with the units that do not verify. */
function healthOf(served: readonly Served[]): () => Answer {
  let found: { readonly at: number; readonly answer: Answer } | undefined;
  return () => {
    if (found !== undefined && Date.now() - found.at < FRESH_MS) return found.answer;
    const mine = new Set(served.map(({ endpoint }) => endpoint.unit));
    const standings: readonly Standing[] = registry().verify?.() ?? [];
    const broken = standings.filter(({ unit, ok }) => !ok && mine.has(unit)).map(({ unit }) => ({ unit }));
    const ok = broken.length === 0;
    const answer = json(ok ? 200 : 503, { status: ok ? "ok" : "failing", units: served.length, broken });
    found = { at: Date.now(), answer };
    return answer;
  };
}

function versionOf(served: readonly Served[]): unknown {
  return {
    vibesafe: VERSION,
    units: served.map(({ endpoint, contract }) => ({ unit: endpoint.unit, checkpoint: endpoint.checkpoint ?? null, method: contract.method, path: contract.path })),
  };
}

function json(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value), headers: { "content-type": "application/json", "cache-control": "no-store" } };
}
