/**
 * The node types and fields that the printer knows. A parser that says more than this must not be understood in part.
 *
 * @module
 */

import type { Node, NodeType } from "../ast.ts";
import { VibesafeTypeError } from "../../errors.ts";
import { isNode } from "../ast.ts";

/** Fields of each node type; those after `|` are never printed and must be null, false or empty. */
export const FIELDS: Readonly<Record<NodeType, string>> = {
  AccessorProperty: "decorators key typeAnnotation value computed static override definite accessibility declare optional readonly",
  ArrayExpression: "elements",
  ArrayPattern: "decorators elements optional typeAnnotation",
  ArrowFunctionExpression: "expression async typeParameters params returnType body | id generator",
  AssignmentExpression: "operator left right",
  AssignmentPattern: "decorators left right | optional typeAnnotation",
  AwaitExpression: "argument",
  BinaryExpression: "left operator right",
  BlockStatement: "body",
  BreakStatement: "label",
  CallExpression: "callee typeArguments arguments optional",
  CatchClause: "param body",
  ChainExpression: "expression",
  ClassBody: "body",
  ClassDeclaration: "decorators id typeParameters superClass superTypeArguments implements body abstract declare",
  ClassExpression: "decorators id typeParameters superClass superTypeArguments implements body abstract declare",
  ConditionalExpression: "test consequent alternate",
  ContinueStatement: "label",
  DebuggerStatement: "",
  Decorator: "expression",
  DoWhileStatement: "body test",
  EmptyStatement: "",
  ExportAllDeclaration: "exported source attributes exportKind",
  ExportDefaultDeclaration: "declaration exportKind",
  ExportNamedDeclaration: "declaration specifiers source exportKind attributes",
  ExportSpecifier: "local exported exportKind",
  ExpressionStatement: "expression directive",
  ForInStatement: "left right body",
  ForOfStatement: "await left right body",
  ForStatement: "init test update body",
  FunctionDeclaration: "id generator async declare typeParameters params returnType body | expression",
  FunctionExpression: "id generator async declare typeParameters params returnType body | expression",
  Hashbang: "value",
  Identifier: "decorators name optional typeAnnotation",
  IfStatement: "test consequent alternate",
  ImportAttribute: "key value",
  ImportDeclaration: "specifiers source phase attributes importKind",
  ImportDefaultSpecifier: "local",
  ImportExpression: "source options phase",
  ImportNamespaceSpecifier: "local",
  ImportSpecifier: "imported local importKind",
  JSXAttribute: "name value",
  JSXClosingElement: "name",
  JSXClosingFragment: "",
  JSXElement: "openingElement children closingElement",
  JSXEmptyExpression: "",
  JSXExpressionContainer: "expression",
  JSXFragment: "openingFragment children closingFragment",
  JSXIdentifier: "name",
  JSXMemberExpression: "object property",
  JSXNamespacedName: "namespace name",
  JSXOpeningElement: "name typeArguments attributes selfClosing",
  JSXOpeningFragment: "| attributes selfClosing",
  JSXSpreadAttribute: "argument",
  JSXSpreadChild: "expression",
  JSXText: "value raw",
  LabeledStatement: "label body",
  Literal: "value raw bigint regex",
  LogicalExpression: "left operator right",
  MemberExpression: "object property optional computed",
  MetaProperty: "meta property",
  MethodDefinition: "decorators key value kind computed static override optional accessibility",
  NewExpression: "callee typeArguments arguments",
  ObjectExpression: "properties",
  ObjectPattern: "decorators properties optional typeAnnotation",
  ParenthesizedExpression: "expression",
  PrivateIdentifier: "name",
  Program: "body sourceType hashbang",
  Property: "kind key value method shorthand computed | optional",
  PropertyDefinition: "decorators key typeAnnotation value computed static declare override optional definite readonly accessibility",
  RestElement: "decorators argument optional typeAnnotation | value",
  ReturnStatement: "argument",
  SequenceExpression: "expressions",
  SpreadElement: "argument",
  StaticBlock: "body",
  Super: "",
  SwitchCase: "test consequent",
  SwitchStatement: "discriminant cases",
  TSAbstractAccessorProperty: "decorators key typeAnnotation value computed static override definite accessibility declare optional readonly",
  TSAbstractMethodDefinition: "decorators key value kind computed static override optional accessibility",
  TSAbstractPropertyDefinition: "decorators key typeAnnotation value computed static declare override optional definite readonly accessibility",
  TSAnyKeyword: "",
  TSArrayType: "elementType",
  TSAsExpression: "expression typeAnnotation",
  TSBigIntKeyword: "",
  TSBooleanKeyword: "",
  TSCallSignatureDeclaration: "typeParameters params returnType",
  TSClassImplements: "expression typeArguments",
  TSConditionalType: "checkType extendsType trueType falseType",
  TSConstructSignatureDeclaration: "typeParameters params returnType",
  TSConstructorType: "abstract typeParameters params returnType",
  TSDeclareFunction: "id generator async declare typeParameters params returnType body | expression",
  TSEmptyBodyFunctionExpression: "id generator async declare typeParameters params returnType body | expression",
  TSEnumBody: "members",
  TSEnumDeclaration: "id body const declare",
  TSEnumMember: "id initializer computed",
  TSExportAssignment: "expression",
  TSExternalModuleReference: "expression",
  TSFunctionType: "typeParameters params returnType",
  TSImportEqualsDeclaration: "id moduleReference importKind",
  TSImportType: "source options qualifier typeArguments",
  TSIndexSignature: "parameters typeAnnotation readonly static accessibility",
  TSIndexedAccessType: "objectType indexType",
  TSInferType: "typeParameter",
  TSInstantiationExpression: "expression typeArguments",
  TSInterfaceBody: "body",
  TSInterfaceDeclaration: "id typeParameters extends body declare",
  TSInterfaceHeritage: "expression typeArguments",
  TSIntersectionType: "types",
  TSIntrinsicKeyword: "",
  TSJSDocNonNullableType: "typeAnnotation postfix",
  TSJSDocNullableType: "typeAnnotation postfix",
  TSJSDocUnknownType: "",
  TSLiteralType: "literal",
  TSMappedType: "key constraint nameType typeAnnotation optional readonly",
  TSMethodSignature: "key computed optional kind typeParameters params returnType | accessibility readonly static",
  TSModuleBlock: "body",
  TSModuleDeclaration: "id body kind declare global",
  TSNamedTupleMember: "label elementType optional",
  TSNamespaceExportDeclaration: "id",
  TSNeverKeyword: "",
  TSNonNullExpression: "expression",
  TSNullKeyword: "",
  TSNumberKeyword: "",
  TSObjectKeyword: "",
  TSOptionalType: "typeAnnotation",
  TSParameterProperty: "accessibility decorators override parameter readonly static",
  TSParenthesizedType: "typeAnnotation",
  TSPropertySignature: "computed optional readonly key typeAnnotation | accessibility static",
  TSQualifiedName: "left right",
  TSRestType: "typeAnnotation",
  TSSatisfiesExpression: "expression typeAnnotation",
  TSStringKeyword: "",
  TSSymbolKeyword: "",
  TSTemplateLiteralType: "quasis types",
  TSThisType: "",
  TSTupleType: "elementTypes",
  TSTypeAliasDeclaration: "id typeParameters typeAnnotation declare",
  TSTypeAnnotation: "typeAnnotation",
  TSTypeAssertion: "typeAnnotation expression",
  TSTypeLiteral: "members",
  TSTypeOperator: "operator typeAnnotation",
  TSTypeParameter: "name constraint default in out const",
  TSTypeParameterDeclaration: "params",
  TSTypeParameterInstantiation: "params",
  TSTypePredicate: "parameterName asserts typeAnnotation",
  TSTypeQuery: "exprName typeArguments",
  TSTypeReference: "typeName typeArguments",
  TSUndefinedKeyword: "",
  TSUnionType: "types",
  TSUnknownKeyword: "",
  TSVoidKeyword: "",
  TaggedTemplateExpression: "tag typeArguments quasi",
  TemplateElement: "value tail",
  TemplateLiteral: "quasis expressions",
  ThisExpression: "",
  ThrowStatement: "argument",
  TryStatement: "block handler finalizer",
  UnaryExpression: "operator argument prefix",
  UpdateExpression: "operator prefix argument",
  V8IntrinsicExpression: "name arguments",
  VariableDeclaration: "kind declarations declare",
  VariableDeclarator: "id init definite",
  WhileStatement: "test body",
  WithStatement: "object body",
  YieldExpression: "delegate argument",
};

const ANYWHERE = ["type", "start", "end", "range", "parent"];

/** Node type -> field -> whether it may hold something. */
const KNOWN: ReadonlyMap<string, ReadonlyMap<string, boolean>> = new Map(
  Object.entries(FIELDS).map(([type, text]) => {
    const [free = "", empty = ""] = text.split("|");
    const words = (list: string): string[] => list.split(" ").filter((field) => field !== "");
    const fields: [string, boolean][] = [...ANYWHERE, ...words(free)].map((field) => [field, true]);
    return [type, new Map([...fields, ...words(empty).map((field): [string, boolean] => [field, false])])];
  }),
);

/** @throws VibesafeTypeError when something at or below `node` is of an unknown type or has an unknown field */
export function assertKnown(node: Node): void {
  // A loop, not a recursion: the left side of a long sum is thousands of nodes deep.
  const open: Node[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) checkFields(next, open);
}

/** Checks one node and puts what hangs below it on `open`. Generic, so that the fields of any node can be read by name. */
function checkFields<T extends Node>(node: T, open: Node[]): void {
  const known = KNOWN.get(node.type);
  if (known === undefined) throw unprintable(`a syntax node of type ${node.type}`, node);
  for (const field in node) {
    const value: unknown = node[field];
    if (known.get(field) !== true) assertEmpty(node, field, value, known.has(field));
    if (typeof value !== "object" || value === null || field === "parent") continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) open.push(item);
    } else if (isNode(value)) open.push(value);
  }
}

function assertEmpty(node: Node, field: string, value: unknown, known: boolean): void {
  const empty = value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
  if (!known || !empty) throw unprintable(`the field "${field}" of ${node.type}`, node);
}

/** What to throw for something that has no canonical text. */
export function unprintable(what: string, node: Node): VibesafeTypeError {
  return new VibesafeTypeError(`cannot print ${what} (at offset ${String(node.start)})`, {
    remedy: "write it in other words, or use the oxc-parser version that vibesafe depends on",
  });
}
