/**
 * What a reply may import: what the spec's file imports, what the spec's file exports, what `allow` adds; types freely from these.
 *
 * @module
 */

import { isBuiltin } from "node:module";
import { posix } from "node:path";
import type { NodeOf } from "../spec/ast.ts";
import type { Module } from "../spec/parse.ts";
import type { Spec } from "../spec/types.ts";
import type { Complain } from "./report.ts";

interface Allowance {
  readonly spec: Spec;
  /** The spec's file. */
  readonly own: Module;
  readonly allow: readonly string[];
  /** Names in the spec's own code. */
  readonly named: ReadonlySet<string>;
}

export function checkImports(module: Module, allowance: Allowance, complain: Complain): void {
  for (const statement of module.program.body) if (statement.type === "ImportDeclaration") checkImport(statement, allowance, complain);
}

function checkImport(statement: NodeOf<"ImportDeclaration">, allowance: Allowance, complain: Complain): void {
  const { allow, own, spec } = allowance;
  const specifier = statement.source.value;
  if (allowsModule(allow, specifier)) return;
  const isOwn = isOwnSpecifier(specifier, spec.file);
  if (!isOwn && !own.imports.some((one) => one.specifier === specifier)) {
    complain("import", statement, `imports ${JSON.stringify(specifier)}, which ${spec.file} does not import`, specifier);
    return;
  }
  if (statement.phase !== null && statement.phase !== undefined) {
    complain("import", statement, `\`import ${statement.phase}\` is not supported`);
  } else if (statement.specifiers.length === 0) {
    complain("import", statement, `imports ${JSON.stringify(specifier)} for its side effects alone`, specifier);
  }
  for (const item of statement.specifiers) {
    const typeOnly = statement.importKind === "type" || (item.type === "ImportSpecifier" && item.importKind === "type");
    const imported = importedName(item);
    const problem = isOwn
      ? ownProblem(imported, allowance)
      : typeOnly
        ? undefined
        : otherProblem(specifier, imported, item.local.name, allowance);
    if (problem !== undefined) complain("import", item, problem);
  }
}

function importedName(item: NodeOf<"ImportDeclaration">["specifiers"][number]): string {
  if (item.type === "ImportNamespaceSpecifier") return "*";
  if (item.type === "ImportDefaultSpecifier") return "default";
  return item.imported.type === "Literal" ? item.imported.value : item.imported.name;
}

function ownProblem(imported: string, { spec, own }: Allowance): string | undefined {
  if (imported === "*") return undefined;
  if (imported === spec.exportedAs) return `imports \`${imported}\`, which is the unit itself; call the function of this module`;
  if (own.exports.named.has(imported) || own.exports.stars.length > 0) return undefined;
  const known = own.declarations.has(imported) || own.imports.some(({ local }) => local === imported);
  return `${spec.file} does not export \`${imported}\`${known ? "; declare it in this module as it stands there, or import it from where that file does" : ""}`;
}

/** Exports of vibesafe that only specs are written with. */
const SPEC_ONLY = new Set(["vibesafe", "VibesafeHandled", "VibeCoded", "*"]);

function otherProblem(specifier: string, imported: string, local: string, { spec, own, named }: Allowance): string | undefined {
  const values = own.imports.filter((one) => one.specifier === specifier && !one.typeOnly);
  const same = values.some((one) => one.imported === imported || one.imported === "*");
  if (specifier === "vibesafe" && SPEC_ONLY.has(imported) && !named.has(local))
    return `imports \`${imported}\` of vibesafe, which is for specs`;
  if (same) return undefined;
  const names = values.map((one) => (one.imported === "*" ? `* as ${one.local}` : one.imported));
  const instead = names.length === 0 ? "only types of it" : `only ${names.join(", ")}`;
  return `imports \`${imported}\` of ${JSON.stringify(specifier)}, of which ${spec.file} imports ${instead}; for a type write \`import type\``;
}

/** Whether an entry of `allow` covers a module: its name, or the package that it is a part of; `fs` and `node:fs` are one. */
export function allowsModule(allow: readonly string[], specifier: string): boolean {
  const plain = (name: string): string => (isBuiltin(name) ? name.replace(/^node:/, "") : name);
  return allow.some((entry) => entry !== "" && (plain(specifier) === plain(entry) || plain(specifier).startsWith(`${plain(entry)}/`)));
}

/** Whether a specifier in a reply means the spec's own file: `./ops.ts`, `./ops.js` and `./ops` beside `ops.ts`. */
export function isOwnSpecifier(specifier: string, file: string): boolean {
  if (!/^\.\.?\//.test(specifier)) return false;
  const target = posix.join(posix.dirname(file), specifier);
  const stem = file.replace(/\.([cm]?)tsx?$/, "");
  return target === file || target === stem || target === file.replace(/\.([cm]?)tsx?$/, ".$1js");
}
