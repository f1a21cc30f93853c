/**
 * The names that a piece of code uses, each with what it leads to.
 *
 * @module
 */

import type { Node } from "oxc-parser";
import { staticString } from "../ast.ts";
import { lookUpImport, lookUpLocal, type Lookup, type Target } from "./target.ts";
import type { Module } from "../parse.ts";
import { freeNames } from "../scope.ts";
import { walkTree } from "../walk.ts";

/** Name as the code spells it (`parse`, `path.join` of a namespace, `import("./x")`) -> what it leads to. */
export type Named = ReadonlyMap<string, Target>;

/** All free names of `nodes`, values and types. */
export function freeNamesOf(nodes: readonly Node[]): Set<string> {
  const { values, types } = freeNames(nodes);
  return new Set([...values.keys(), ...types.keys()]);
}

/** What the free names of `nodes`, which stand in `module`, lead to; globals are left out. */
export function namesIn(lookup: Lookup, module: Module, nodes: readonly Node[]): Named {
  const named = new Map<string, Target>();
  const put = (name: string, target: Target): void => {
    if (target.kind !== "none") named.set(name, target);
  };
  const { values, types, members } = freeNames(nodes);
  for (const name of new Set([...values.keys(), ...types.keys()])) {
    const namespace = module.declarations.has(name) ? undefined : module.imports.find((one) => one.local === name && one.imported === "*");
    const used = members.get(name);
    if (namespace === undefined || used === undefined) put(name, lookUpLocal(lookup, module, name));
    else for (const member of used) put(`${name}.${member}`, lookUpImport(lookup, module, namespace.specifier, member));
  }
  if (!mayImportInline(module)) return named;
  // A function of the file's own that is called `require` takes no specifiers; one made by createRequire does.
  const requires = values.has("require") && module.declarations.get("require")?.some(({ kind }) => kind === "function") !== true;
  for (const node of nodes) {
    walkTree(node, (inner) => {
      const found = inner.type === "CallExpression" && !requires ? undefined : inlineImport(inner);
      if (found !== undefined) put(found.name, lookUpImport(lookup, module, found.specifier, found.imported));
    });
  }
  return named;
}

const inline = new WeakMap<Module, boolean>();

/** Whether a module says `import` beyond its import statements, or `require`, or spells a word in another way. */
function mayImportInline(module: Module): boolean {
  let may = inline.get(module);
  if (may === undefined) {
    const statements = module.program.body.filter(({ type }) => type === "ImportDeclaration").length;
    may = /require|\\u/.test(module.source) || (module.source.match(/import/g)?.length ?? 0) > statements;
    inline.set(module, may);
  }
  return may;
}

interface InlineImport {
  readonly name: string;
  readonly specifier: string;
  readonly imported: string;
}

/** `import("./x")`, `typeof import("./x")`, `import("./x").T` and `require("./x")`. */
function inlineImport(node: Node): InlineImport | undefined {
  if (node.type === "TSImportType") {
    const specifier = node.source.value;
    const first = node.qualifier === null ? undefined : firstName(node.qualifier);
    return { name: `import(${JSON.stringify(specifier)})${first === undefined ? "" : `.${first}`}`, specifier, imported: first ?? "*" };
  }
  const source = node.type === "ImportExpression" ? node.source : node.type === "CallExpression" && isRequire(node.callee) ? node.arguments[0] : undefined;
  const specifier = source === undefined || source.type === "SpreadElement" ? undefined : staticString(source);
  return specifier === undefined ? undefined : { name: `import(${JSON.stringify(specifier)})`, specifier, imported: "*" };
}

type Qualifier = NonNullable<Extract<Node, { type: "TSImportType" }>["qualifier"]>;

function firstName(qualifier: Qualifier): string {
  return qualifier.type === "Identifier" ? qualifier.name : firstName(qualifier.left);
}

function isRequire(callee: Node): boolean {
  return callee.type === "Identifier" && callee.name === "require";
}
