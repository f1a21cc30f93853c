/**
 * Visitors of types, type declarations, enums and namespaces.
 *
 * @module
 */

import type { Node, NodeOf } from "../ast.ts";
import type { Scope } from "./scopes.ts";
import type { Visitors, Walk } from "./visit.ts";
import { eachDeclared } from "./declared.ts";
import { blocksOf, closeBlock, createScope, declare, EVERY, TYPE, VALUE } from "./scopes.ts";
import { signatureParts, statements, typeParameters } from "./values.ts";
import { asType, useEntity, visitAll, within } from "./visit.ts";

export const typeVisitors = {
  TSTypeReference: (node, w) => {
    // `as const` parses as a reference to a type that cannot exist.
    if (node.typeName.type !== "Identifier" || node.typeName.name !== "const") useEntity(w, node.typeName, "type");
    w.visit(node.typeArguments);
  },
  TSClassImplements: (node, w) => heritage(node, w),
  TSInterfaceHeritage: (node, w) => heritage(node, w),
  TSTypeQuery: (node, w) => {
    if (node.exprName.type === "TSImportType") w.visit(node.exprName);
    else asType(w, () => useEntity(w, node.exprName, "value"));
    w.visit(node.typeArguments);
  },
  TSImportType: (node, w) => w.visit(node.typeArguments),
  TSTypePredicate: (node, w) => w.visit(node.typeAnnotation),
  TSNamedTupleMember: (node, w) => w.visit(node.elementType),
  TSTypeParameter: (node, w) => {
    w.visit(node.constraint);
    w.visit(node.default);
  },

  TSFunctionType: (node, w) => within(w, false, () => signatureParts(node, w)),
  TSConstructorType: (node, w) => within(w, false, () => signatureParts(node, w)),
  TSCallSignatureDeclaration: (node, w) => within(w, false, () => signatureParts(node, w)),
  TSConstructSignatureDeclaration: (node, w) => within(w, false, () => signatureParts(node, w)),
  TSMethodSignature: (node, w) => {
    if (node.computed) asType(w, () => w.visit(node.key));
    within(w, false, () => signatureParts(node, w));
  },
  TSPropertySignature: (node, w) => {
    if (node.computed) asType(w, () => w.visit(node.key));
    w.visit(node.typeAnnotation);
  },
  TSIndexSignature: (node, w) => {
    for (const param of node.parameters) w.visit(param.typeAnnotation);
    w.visit(node.typeAnnotation);
  },
  TSMappedType: (node, w) =>
    within(w, false, (scope) => {
      declare(scope, node.key.name, TYPE);
      w.visit(node.constraint);
      w.visit(node.nameType);
      w.visit(node.typeAnnotation);
    }),
  TSInferType: (node, w) => {
    w.inferred?.add(node.typeParameter.name.name);
    w.visit(node.typeParameter);
  },
  TSConditionalType: (node, w) => conditional(node, w),

  TSTypeAliasDeclaration: (node, w) =>
    within(w, false, () => {
      typeParameters(node.typeParameters, w);
      w.visit(node.typeAnnotation);
    }),
  TSInterfaceDeclaration: (node, w) =>
    within(w, false, () => {
      typeParameters(node.typeParameters, w);
      visitAll(node.extends, w);
      w.visit(node.body);
    }),
  TSEnumDeclaration: (node, w) => {
    const members = new Map<string, number>();
    for (const { id } of node.body.members) {
      if (id.type === "Identifier") members.set(id.name, VALUE);
      else if (id.type === "Literal") members.set(id.value, VALUE);
    }
    mergedBlock(w, node.id.name, members, () => {
      for (const item of node.body.members) w.visit(item.initializer);
    });
  },
  TSModuleDeclaration: (node, w) => namespace(node, node.id, w),
  TSImportEqualsDeclaration: (node, w) => {
    if (node.moduleReference.type !== "TSExternalModuleReference") useEntity(w, node.moduleReference, "any");
  },
  TSNamespaceExportDeclaration: () => undefined,
  TSExportAssignment: (node, w) => {
    if (node.expression.type === "Identifier") useEntity(w, node.expression, "any");
    else w.visit(node.expression);
  },
} satisfies Visitors;

function heritage(node: NodeOf<"TSClassImplements" | "TSInterfaceHeritage">, w: Walk): void {
  useEntity(w, node.expression, "type");
  w.visit(node.typeArguments);
}

/** What `extends` infers can be named in the true branch alone. */
function conditional(node: NodeOf<"TSConditionalType">, w: Walk): void {
  w.visit(node.checkType);
  const outer = w.inferred;
  const inferred = new Set<string>();
  w.inferred = inferred;
  w.visit(node.extendsType);
  w.inferred = outer;
  within(w, false, (scope) => {
    for (const name of inferred) declare(scope, name, TYPE);
    w.visit(node.trueType);
  });
  w.visit(node.falseType);
}

/** `namespace A.B {}` is `namespace A { export namespace B {} }`. */
function namespace(node: NodeOf<"TSModuleDeclaration">, id: Node, w: Walk): void {
  const body = node.body;
  if (body === null || body === undefined) return;
  const names: string[] = [];
  let left = id;
  while (left.type === "TSQualifiedName") {
    names.unshift(left.right.name);
    left = left.left;
  }
  if (left.type === "Identifier" && !node.global) names.unshift(left.name);
  nested(names);

  function nested(path: readonly string[]): void {
    const [name, ...rest] = path;
    const list = body?.body ?? [];
    if (name === undefined) return within(w, true, () => statements(list, w));
    const inner = rest[0];
    if (inner === undefined) mergedBlock(w, name, exportsOf(list, node.declare), () => statements(list, w));
    else mergedBlock(w, name, new Map([[inner, EVERY]]), () => nested(rest));
  }
}

/** What other blocks of a namespace see of this one; where nothing runs, all of it is exported. */
function exportsOf(body: readonly Node[], ambient: boolean): Map<string, number> {
  const exported = new Map<string, number>();
  for (const statement of body) {
    if (ambient || statement.type === "ExportNamedDeclaration") {
      eachDeclared(statement, (name, space) => exported.set(name, (exported.get(name) ?? 0) | space));
    }
  }
  return exported;
}

/** Visits one block of a namespace or enum; what it leaves open waits until all blocks of that name in this scope are known. */
function mergedBlock(w: Walk, name: string, exported: ReadonlyMap<string, number>, body: (scope: Scope) => void): void {
  const outer: Scope = w.scope;
  const blocks = blocksOf((outer.merged ??= new Map()), name);
  for (const [member, space] of exported) blocks.exported.set(member, (blocks.exported.get(member) ?? 0) | space);
  const inner = createScope(outer, true);
  w.scope = inner;
  body(inner);
  closeBlock(inner, blocks);
  w.scope = outer;
}
