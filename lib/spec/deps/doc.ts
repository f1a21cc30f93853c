/**
 * What the statements of a doc comment name: an example's meaning depends on it.
 *
 * @module
 */

import type { Program } from "oxc-parser";
import { namesIn, freeNamesOf, type Named } from "./names.ts";
import type { Lookup, Target } from "./target.ts";
import { parseText, type Language, type Module } from "../parse.ts";
import type { Example, Spec } from "../types.ts";

/**
 * What the examples, their expectations and the properties of `spec` name, of what they can see: what its file imports and exports.
 * A statement that does not parse names nothing; reading the spec reports it.
 */
export function docNames(lookup: Lookup, module: Module, spec: Spec): Named {
  const named = new Map<string, Target>();
  const inSight = namesInSight(module, spec);
  // The statements share one scope, so what one declares is no name of the file's in the next.
  const shared = spec.examples.map(({ source }) => source).join("\n;\n");
  const declared = spec.examples.flatMap(expectedText).map((text) => `;(${text}\n);`);
  for (const source of [[shared, ...declared].join("\n"), ...spec.properties.map((property) => property.source)]) {
    // Most examples name the unit alone; they need no second parse.
    if (!inSight.some((name) => source.includes(name)) && !source.includes("\\u")) continue;
    const program = parse(source, module.lang === "tsx" || module.lang === "jsx" ? "tsx" : "ts");
    if (program === undefined) continue;
    for (const [name, target] of namesIn(lookup, visible(module, freeNamesOf([program])), [program])) named.set(name, target);
  }
  return named;
}

function expectedText({ expected }: Example): string[] {
  if (expected.kind === "throwsValue") return [expected.expression];
  return expected.kind === "output" && expected.expression ? [expected.text] : [];
}

function parse(source: string, lang: Language): Program | undefined {
  const syntax = parseText(source, lang);
  return "message" in syntax ? undefined : syntax.program;
}

/** The module as the doc comment sees it: what it declares and does not export is out of reach. */
function visible(module: Module, names: ReadonlySet<string>): Module {
  const exported = new Set<string>();
  for (const entry of module.exports.named.values()) if ("local" in entry) exported.add(entry.local);
  const declarations = new Map([...module.declarations].filter(([name]) => names.has(name) && exported.has(name)));
  return { ...module, declarations };
}

/** What the statements may name that could be a dependency: what the file imports from elsewhere than vibesafe, and exports. */
function namesInSight(module: Module, spec: Spec): string[] {
  const imported = module.imports.filter(({ specifier }) => specifier !== "vibesafe").map(({ local }) => local);
  const exported = [...module.exports.named.values()].flatMap((entry) => ("local" in entry ? [entry.local] : []));
  return [...imported, ...exported].filter((name) => name !== spec.name && name !== spec.exportedAs).concat("import", "require");
}
