/**
 * The OpenAPI document as a page: one HTML text without scripts, images or anything from elsewhere.
 *
 * @module
 */

import { DOCS_STYLE } from "./docs-style.ts";
import { isObject } from "./bind.ts";
import type { Document } from "./openapi.ts";

/** @param document - of `openapi` */
export function docsPage(document: Document): string {
  const info = at(document, "info");
  const schemas = at(at(document, "components"), "schemas");
  const operations = entries(at(document, "paths")).flatMap(([path, item]) => entries(item).map(([method, operation]) => ({ method, path, operation, tag: text(list(operation["tags"])[0]) })));
  const tags = [...new Set(operations.map(({ tag }) => tag))].sort();
  const groups = tags.map((tag) => ({ tag, operations: operations.filter((one) => one.tag === tag) }));
  const links = groups.map((group) => `${heading("h2", group.tag)}<ul>${group.operations.map((one) => `<li><a href="#${escape(idOf(one))}">${badge(one.method)}<span>${escape(one.path)}</span></a></li>`).join("")}</ul>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(text(info["title"]))}</title>
<style>${DOCS_STYLE}</style>
</head>
<body>
<nav aria-label="Endpoints"><h1>${escape(text(info["title"]))}</h1><p class="version">${escape(text(info["version"]))} · <a href="openapi.json">OpenAPI ${escape(text(document["openapi"]))}</a></p>${links.join("")}</nav>
<main>
${groups.map((group) => `<section>${heading("h2", group.tag)}${group.operations.map((one) => operationHtml(one, schemas)).join("\n")}</section>`).join("\n")}
${operations.length === 0 ? "<p>There is no endpoint yet.</p>" : ""}
</main>
</body>
</html>
`;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operation: Document;
}

function operationHtml(one: Operation, schemas: Document): string {
  const { method, path, operation } = one;
  const parameters = list(operation["parameters"]).filter(isObject);
  const body = at(at(at(operation, "requestBody"), "content"), "application/json")["schema"];
  const responses = entries(at(operation, "responses")).map(([status, response]) => responseHtml(status, response, schemas));
  return `<article id="${escape(idOf(one))}">
<h3>${badge(method)}<code>${escape(path)}</code></h3>
${operation["summary"] === undefined ? "" : `<p class="summary">${prose(text(operation["summary"]))}</p>`}
${text(operation["description"]).split(/\n\s*\n/).filter((paragraph) => paragraph !== "").map((paragraph) => `<p>${prose(paragraph)}</p>`).join("")}
${parameters.length === 0 ? "" : `<h4>Parameters</h4><dl>${parameters.map((parameter) => parameterHtml(parameter, schemas)).join("")}</dl>`}
${body === undefined ? "" : `<h4>Body</h4><pre>${typeHtml(body, schemas)}</pre>`}
<h4>Answers</h4>${responses.join("")}
</article>`;
}

function parameterHtml(parameter: Document, schemas: Document): string {
  const needed = parameter["required"] === true ? "" : ' <span class="quiet">optional</span>';
  return `<dt><code>${escape(text(parameter["name"]))}</code> <span class="quiet">${escape(text(parameter["in"]))}</span></dt><dd><code>${typeHtml(parameter["schema"], schemas)}</code>${needed}</dd>`;
}

function responseHtml(status: string, response: Document, schemas: Document): string {
  const [[media = "", content] = []] = entries(at(response, "content"));
  const isProblem = media === "application/problem+json";
  const shown = content === undefined || isProblem ? "" : `<pre>${typeHtml(content["schema"], schemas)}</pre>`;
  return `<p><strong>${escape(status === "default" ? "else" : status)}</strong> ${escape(text(response["description"]))}${isProblem ? ' <span class="quiet">a problem document</span>' : ""}</p>${shown}`;
}

/** A schema much as TypeScript would write it; a named one is written out where it is met first on the way down. */
function typeHtml(schema: unknown, schemas: Document, depth: number = 0, open: readonly string[] = []): string {
  if (!isObject(schema)) return "unknown";
  const indent = "  ".repeat(depth + 1);
  const inner = (one: unknown): string => typeHtml(one, schemas, depth + 1, open);
  const { $ref, type, items, properties, prefixItems, additionalProperties } = schema;
  if (typeof $ref === "string") {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    if (open.includes(name) || open.length > 4) return escape(name);
    return `<b>${escape(name)}</b> ${typeHtml(schemas[name], schemas, depth, [...open, name])}`;
  }
  if ("const" in schema) return escape(JSON.stringify(schema["const"]));
  if (Array.isArray(schema["enum"])) return schema["enum"].map((value) => escape(JSON.stringify(value))).join(" | ");
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices)) return choices.map(inner).join(" | ");
  if (Array.isArray(prefixItems)) return `[${prefixItems.map(inner).join(", ")}]`;
  if (type === "array") return `list of ${typeHtml(items, schemas, depth, open)}`;
  if (type !== "object" && !isObject(properties)) return `${escape(Array.isArray(type) ? type.join(" | ") : text(type) || "unknown")}${limits(schema)}`;
  const required = new Set(list(schema["required"]));
  const lines = entries(properties).map(([name, one]) => `${indent}${escape(name)}${required.has(name) ? "" : '<span class="quiet">?</span>'}: ${inner(one)}`);
  if (isObject(additionalProperties) && Object.keys(additionalProperties).length > 0) lines.push(`${indent}<span class="quiet">[name]</span>: ${inner(additionalProperties)}`);
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}

const LIMITS = ["format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default"];

function limits(schema: Document): string {
  const found = LIMITS.filter((key) => schema[key] !== undefined && !(typeof schema[key] === "number" && Math.abs(schema[key]) >= Number.MAX_SAFE_INTEGER));
  return found.length === 0 ? "" : ` <span class="quiet">${escape(found.map((key) => `${key} ${typeof schema[key] === "string" ? schema[key] : JSON.stringify(schema[key])}`).join(", "))}</span>`;
}

/** Text with its `code` shown as such. */
function prose(source: string): string {
  return escape(source).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function heading(level: string, tag: string): string {
  return tag === "" ? "" : `<${level}>${escape(tag)}</${level}>`;
}

function badge(method: string): string {
  return `<span class="method ${escape(method)}">${escape(method.toUpperCase())}</span>`;
}

function idOf({ method, path }: Pick<Operation, "method" | "path">): string {
  return `${method}${path.replaceAll(/[^\w]+/g, "-")}`;
}

function at(value: Document, key: string): Document {
  const found = value[key];
  return isObject(found) ? found : {};
}

function entries(value: unknown): [string, Document][] {
  return isObject(value) ? Object.entries(value).map(([key, item]) => [key, isObject(item) ? item : {}]) : [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(source: string): string {
  return source.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
