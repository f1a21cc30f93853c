/**
 * What a module imports and exports.
 *
 * @module
 */

import type { EcmaScriptModule, Program } from "oxc-parser";
import type { ImportedName } from "../types.ts";

/** Where an exported name comes from. */
export type Export =
  /** Key of `Module.declarations`: the local name, or `default` for what is exported without one. */
  | { readonly local: string; readonly typeOnly: boolean }
  /** Another module's, re-exported or imported and then exported; `*` for its namespace. */
  | { readonly specifier: string; readonly imported: string; readonly typeOnly: boolean };

export interface ModuleExports {
  readonly named: ReadonlyMap<string, Export>;
  /** Specifiers of `export * from "…"`. */
  readonly stars: readonly string[];
}

export function importsOf(record: EcmaScriptModule, program: Program): ImportedName[] {
  const names = record.staticImports.flatMap(({ entries, moduleRequest }) =>
    entries.map(({ importName, localName, isType }) => ({
      local: localName.value,
      imported: importName.name ?? (importName.kind === "NamespaceObject" ? "*" : "default"),
      specifier: moduleRequest.value,
      typeOnly: isType,
    })),
  );
  return [...names, ...importEquals(program)];
}

/** `import fs = require("fs")`, the CommonJS import of TypeScript: what `module.exports` holds. */
function importEquals(program: Program): ImportedName[] {
  return program.body.flatMap((statement) => {
    const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (node?.type !== "TSImportEqualsDeclaration" || node.moduleReference.type !== "TSExternalModuleReference") return [];
    const specifier = node.moduleReference.expression.value;
    return [{ local: node.id.name, imported: "*", specifier, typeOnly: node.importKind === "type" }];
  });
}

export function exportsOf(record: EcmaScriptModule, program: Program): ModuleExports {
  const named = new Map<string, Export>();
  const stars: string[] = [];
  const imports = new Map(importsOf(record, program).map((one) => [one.local, one]));
  for (const { exportName, importName, localName, moduleRequest, isType: typeOnly } of record.staticExports.flatMap((e) => e.entries)) {
    if (moduleRequest !== null) {
      const specifier = moduleRequest.value;
      if (importName.kind === "AllButDefault") stars.push(specifier);
      else if (exportName.name !== null) named.set(exportName.name, { specifier, imported: importName.name ?? "*", typeOnly });
    } else {
      const local = localName.name ?? "default";
      // Whether the record sees through to the import depends on the kind of import and the parser's version.
      const via = imports.get(local);
      named.set(exportName.name ?? "default", via === undefined ? { local, typeOnly } : { specifier: via.specifier, imported: via.imported, typeOnly: typeOnly || via.typeOnly });
    }
  }
  // `export =` and `export default name` are not in the record under the name they export.
  for (const statement of program.body) {
    if (statement.type === "TSExportAssignment" && statement.expression.type === "Identifier") {
      named.set("default", { local: statement.expression.name, typeOnly: false });
    } else if (statement.type === "ExportDefaultDeclaration" && statement.declaration.type === "Identifier") {
      named.set("default", { local: statement.declaration.name, typeOnly: false });
    }
  }
  return { named, stars };
}
