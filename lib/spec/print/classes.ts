/**
 * Classes and their members.
 *
 * @module
 */

import type { Class, Decorator, PropertyKey, TSAccessibility } from "oxc-parser";
import type { NodeOf } from "../ast.ts";
import type { Printer, PrinterTable } from "./printer.ts";
import { functionTail } from "./functions.ts";
import { propertyName } from "./literals.ts";
import { braced, commas, decorators, head, maybe, single, word } from "./printer.ts";

export const classPrinters = {
  ClassDeclaration: (node, p) => classText(node, p),
  ClassExpression: (node, p) => classText(node, p),
  ClassBody: (node, p) => braced(node.body, p),
  StaticBlock: (node, p) => `static ${braced(node.body, p)}`,
  MethodDefinition: (node, p) => method(node, p),
  TSAbstractMethodDefinition: (node, p) => method(node, p),
  PropertyDefinition: (node, p) => field(node, "", p),
  TSAbstractPropertyDefinition: (node, p) => field(node, "", p),
  AccessorProperty: (node, p) => field(node, "accessor ", p),
  TSAbstractAccessorProperty: (node, p) => field(node, "accessor ", p),
  TSClassImplements: (node, p) => p.print(node.expression) + maybe("", node.typeArguments, p),
} satisfies Partial<PrinterTable>;

function classText(node: Class, p: Printer): string {
  const keywords = `${decorators(node.decorators, p)}${word(node.declare, "declare")}${word(node.abstract, "abstract")}class`;
  const base = node.superClass === null ? "" : ` extends ${head(node.superClass, p)}${maybe("", node.superTypeArguments, p)}`;
  const interfaces = node.implements === undefined || node.implements.length === 0 ? "" : ` implements ${commas(node.implements, p)}`;
  return `${keywords}${maybe(" ", node.id, p)}${maybe("", node.typeParameters, p)}${base}${interfaces} ${p.print(node.body)}`;
}

interface Member {
  readonly type: string;
  readonly decorators: Decorator[];
  readonly key: PropertyKey;
  readonly computed: boolean;
  readonly static: boolean;
  readonly accessibility?: TSAccessibility | null;
  readonly declare?: boolean;
  readonly override?: boolean;
  readonly readonly?: boolean;
}

/** Modifiers in the one order that TypeScript accepts for all of them. */
function modifiers(node: Member, p: Printer): string {
  const access = node.accessibility === null || node.accessibility === undefined ? "" : `${node.accessibility} `;
  const abstract = node.type.startsWith("TSAbstract");
  const rest = `${word(abstract, "abstract")}${word(node.override, "override")}${word(node.readonly, "readonly")}`;
  return `${decorators(node.decorators, p)}${access}${word(node.declare, "declare")}${word(node.static, "static")}${rest}`;
}

function method(node: NodeOf<"MethodDefinition">, p: Printer): string {
  const kind = node.kind === "get" || node.kind === "set" ? `${node.kind} ` : "";
  const name = propertyName(node.key, node.computed, "value", p);
  const optional = node.optional === true ? "?" : "";
  return `${modifiers(node, p)}${word(node.value.async, "async")}${kind}${node.value.generator ? "*" : ""}${name}${optional}${functionTail(node.value, p)}`;
}

function field(node: NodeOf<"PropertyDefinition"> | NodeOf<"AccessorProperty">, keyword: string, p: Printer): string {
  const mark = node.optional === true ? "?" : node.definite === true ? "!" : "";
  const value = node.value === null ? "" : ` = ${single(node.value, p)}`;
  return `${modifiers(node, p)}${keyword}${propertyName(node.key, node.computed, "value", p)}${mark}${maybe(": ", node.typeAnnotation, p)}${value};`;
}
