/**
 * From TypeScript's types, as written, to JSON Schema. Nothing is run and no type checker is asked: what cannot be told from the
 * declarations alone is an error that asks for a schema.
 *
 * @module
 */

import type { JsonSchema } from "../../http/contract.ts";
import { bare, type Node } from "../ast.ts";
import { lookUpImport, lookUpLocal, type Target } from "../deps/target.ts";
import type { Module } from "../parse.ts";
import { printCanonical } from "../print.ts";
import type { UnitId } from "../types.ts";
import type { Workspace } from "../workspace.ts";
import { enumSchema } from "./enum.ts";
import { interfaceMembers, merged, objectSchema } from "./object.ts";
import { isUndefined, membersOf, useSchema, type Deriving, type Scope } from "./scope.ts";
import { UTILITIES } from "./utility.ts";

const KEYWORDS: Readonly<Record<string, JsonSchema>> = {
  TSStringKeyword: { type: "string" },
  TSNumberKeyword: { type: "number" },
  TSBooleanKeyword: { type: "boolean" },
  TSNullKeyword: { type: "null" },
  TSUnknownKeyword: {},
};

/** Begins the deriving of the types of a unit. */
export function startDeriving(workspace: Workspace, unit: UnitId): Deriving {
  return { lookup: { workspace, touched: new Set() }, unit, defs: new Map(), named: new Map(), schemaOf };
}

/** The JSON Schema of a type. @throws VibesafeTypeError for a type that has none, or whose meaning takes a type checker */
function schemaOf(scope: Scope, type: Node): JsonSchema {
  const node = bare(type);
  const keyword = KEYWORDS[node.type];
  if (keyword !== undefined) return keyword;
  switch (node.type) {
    case "TSLiteralType":
      return { const: literalOf(scope, node) };
    case "TSUnionType":
      return unionSchema(node.types.filter((one) => !isUndefined(one)).map((one) => schemaOf(scope, one)));
    case "TSArrayType":
      return { type: "array", items: schemaOf(scope, node.elementType) };
    case "TSTupleType":
      return tupleSchema(scope, node.elementTypes);
    case "TSTypeOperator":
      if (node.operator === "readonly") return schemaOf(scope, node.typeAnnotation);
      break;
    case "TSTypeLiteral":
      return objectSchema(interfaceMembers(scope, node.members));
    case "TSIntersectionType":
      return objectSchema(merged(node.types.map((one) => membersOf(scope, one))));
    case "TSTypeReference":
      return referenceSchema(scope, node);
    case "TSIndexedAccessType":
      return indexedSchema(scope, node);
  }
  throw useSchema(scope, node);
}

function unionSchema(all: readonly JsonSchema[]): JsonSchema {
  const [first, second] = all;
  if (first !== undefined && second === undefined) return first;
  const values = all.map((one) => (one.type === "null" ? null : one.const));
  if (values.every((value) => value !== undefined)) return { enum: values };
  return { anyOf: all };
}

function literalOf(scope: Scope, node: Extract<Node, { type: "TSLiteralType" }>): string | number | boolean {
  const { literal } = node;
  if (literal.type === "Literal" && (typeof literal.value === "string" || typeof literal.value === "number" || typeof literal.value === "boolean")) return literal.value;
  if (literal.type === "UnaryExpression" && literal.operator === "-" && literal.argument.type === "Literal" && typeof literal.argument.value === "number") return -literal.argument.value;
  throw useSchema(scope, node);
}

function tupleSchema(scope: Scope, elements: readonly Node[]): JsonSchema {
  const prefixItems: JsonSchema[] = [];
  let least = 0;
  let items: JsonSchema | false = false;
  for (const [i, element] of elements.entries()) {
    const inner = element.type === "TSNamedTupleMember" ? element.elementType : element;
    const optional = (element.type === "TSNamedTupleMember" && element.optional) || inner.type === "TSOptionalType";
    if (inner.type === "TSRestType") {
      const list = bare(inner.typeAnnotation);
      if (i !== elements.length - 1 || list.type !== "TSArrayType") throw useSchema(scope, element);
      items = schemaOf(scope, list.elementType);
    } else {
      prefixItems.push(schemaOf(scope, inner.type === "TSOptionalType" ? inner.typeAnnotation : inner));
      if (!optional) least = i + 1;
    }
  }
  return { type: "array", prefixItems, minItems: least, items };
}

function indexedSchema(scope: Scope, node: Extract<Node, { type: "TSIndexedAccessType" }>): JsonSchema {
  const index = bare(node.indexType);
  const key = index.type === "TSLiteralType" ? literalOf(scope, index) : undefined;
  const found = typeof key === "string" ? membersOf(scope, node.objectType).properties.get(key) : undefined;
  if (found === undefined) throw useSchema(scope, node);
  return found;
}

type Reference = Extract<Node, { type: "TSTypeReference" }>;

function referenceSchema(scope: Scope, node: Reference): JsonSchema {
  const { typeName } = node;
  const args = node.typeArguments?.params ?? [];
  const parameter = typeName.type === "Identifier" ? scope.parameters.get(typeName.name) : undefined;
  if (parameter !== undefined) return parameter;
  const target = targetOf(scope, typeName);
  if (target?.kind === "declaration") return declaredSchema(scope, node, target.types?.kind === "declaration" ? target.types : target, args);
  const utility = target?.kind === "none" && typeName.type === "Identifier" && Object.hasOwn(UTILITIES, typeName.name) ? UTILITIES[typeName.name] : undefined;
  if (utility === undefined) throw useSchema(scope, node);
  return utility(scope, node, args);
}

function targetOf({ deriving, module }: Scope, name: Reference["typeName"]): Target | undefined {
  if (name.type === "Identifier") return lookUpLocal(deriving.lookup, module, name.name);
  if (name.type !== "TSQualifiedName" || name.left.type !== "Identifier") return undefined;
  const { left, right } = name;
  const namespace = module.imports.find(({ local, imported }) => local === left.name && imported === "*");
  return namespace === undefined ? undefined : lookUpImport(deriving.lookup, module, namespace.specifier, right.name);
}

function declaredSchema(scope: Scope, node: Reference, { file, name }: { file: string; name: string }, args: readonly Node[]): JsonSchema {
  const { deriving } = scope;
  const module = deriving.lookup.workspace.module(file);
  const declarations = (module?.declarations.get(name) ?? []).map((one) => one.node).filter(({ type }) => /^TS(?:Interface|TypeAlias|Enum)Declaration$/.test(type));
  const [first] = declarations;
  if (module === undefined || first === undefined) throw useSchema(scope, node);
  const given = args.map((arg) => schemaOf(scope, arg));
  const parameters = bound(scope, node, { module, declaration: first, given });
  const key = `${file}#${name}<${[...parameters.values()].map((one) => JSON.stringify(one)).join()}>`;
  const label = given.map((one, i) => `_${one.$ref?.slice("#/$defs/".length) ?? one.type ?? printCanonical(args[i] ?? node)}`);
  return namedSchema(deriving, key, `${name}${label.join("")}`, () => {
    const inner: Scope = { deriving, module, parameters };
    if (first.type === "TSTypeAliasDeclaration") return schemaOf(inner, first.typeAnnotation);
    if (first.type === "TSEnumDeclaration") return enumSchema(inner, first);
    const parts = declarations.flatMap((one) => (one.type === "TSInterfaceDeclaration" ? [one] : []));
    const bases = parts.flatMap((part) => part.extends.map((base) => membersOf(inner, asReference(base))));
    return objectSchema(merged([...bases, ...parts.map((part) => interfaceMembers(inner, part.body.body))]));
  });
}

/** What the type parameters of a declaration mean: the arguments, then the defaults. */
function bound(scope: Scope, node: Node, { module, declaration, given }: { module: Module; declaration: Node; given: readonly JsonSchema[] }): Map<string, JsonSchema> {
  const parameters = new Map<string, JsonSchema>();
  const declared = "typeParameters" in declaration ? declaration.typeParameters : null;
  for (const [i, parameter] of (declared?.params ?? []).entries()) {
    const { name, default: fallback } = parameter;
    const schema = given[i] ?? (fallback === null || fallback === undefined ? undefined : schemaOf({ ...scope, module, parameters }, fallback));
    if (schema === undefined || name.type !== "Identifier") throw useSchema(scope, node);
    parameters.set(name.name, schema);
  }
  return parameters;
}

/** `extends Base<T>` of an interface, as the type that it names. */
function asReference({ start, end, expression, typeArguments }: Extract<Node, { type: "TSInterfaceHeritage" }>): Node {
  if (expression.type !== "Identifier") return expression;
  return { type: "TSTypeReference", start, end, typeName: { ...expression }, typeArguments: typeArguments ?? null } as Reference;
}

/** A declared type gets a name in `defs`, unless it is another name for something plain. */
function namedSchema(deriving: Deriving, key: string, wanted: string, build: () => JsonSchema): JsonSchema {
  const known = deriving.named.get(key);
  if (known !== undefined) {
    known.used = true;
    return { $ref: `#/$defs/${known.name}` };
  }
  const plain = wanted.replaceAll(/[^\w.-]+/g, "_").replaceAll(/^_+|_+$/g, "");
  const taken = new Set([...deriving.named.values()].map(({ name }) => name));
  let name = plain;
  for (let i = 2; taken.has(name); i++) name = `${plain}${i}`;
  const entry = { name, used: false };
  deriving.named.set(key, entry);
  const schema = build();
  const isPlain = schema.properties === undefined && schema.enum === undefined && schema.anyOf === undefined;
  if (isPlain && !entry.used) {
    deriving.named.delete(key);
    return schema;
  }
  deriving.defs.set(name, schema);
  return { $ref: `#/$defs/${name}` };
}
