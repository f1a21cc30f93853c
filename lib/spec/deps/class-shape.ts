/**
 * What of a class the code of one of its methods can see through `this`: the types of its members, and no body.
 *
 * @module
 */

import type { Class, ClassElement } from "oxc-parser";
import type { Node } from "../ast.ts";
import { printCanonical } from "../print.ts";

/**
 * The class without the bodies of its methods, the values of fields that say their type, decorators, and what is private. Members stand
 * in the order of their names, overloads in theirs. A method, accessor or field that declares no type keeps the code that gives it one.
 *
 * @param except - a member that is left out: the unit itself
 */
export function classShape(node: Class, except: { readonly name: string; readonly isStatic: boolean }): Class {
  const members = node.body.body.flatMap((member) => {
    const seen = isHidden(member) || isMember(member, except) ? [] : shapeOf(member);
    return seen.map((shape) => ({ shape, key: keyOf(member) }));
  });
  const sorted = members.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return { ...node, decorators: [], body: { ...node.body, body: sorted.map(({ shape }) => shape) } };
}

function shapeOf(member: ClassElement): ClassElement[] {
  switch (member.type) {
    case "StaticBlock":
      return [];
    case "MethodDefinition":
    case "TSAbstractMethodDefinition": {
      const { value } = member;
      const needsBody = member.kind !== "constructor" && member.kind !== "set" && (value.returnType ?? null) === null;
      return [{ ...member, decorators: [], value: { ...value, body: needsBody ? value.body : null } }];
    }
    case "PropertyDefinition":
    case "AccessorProperty":
    case "TSAbstractPropertyDefinition":
    case "TSAbstractAccessorProperty":
      return [{ ...member, decorators: [], value: (member.typeAnnotation ?? null) === null ? member.value : null }];
    case "TSIndexSignature":
      return [member];
  }
}

/** No code outside of the class reaches it. */
function isHidden(member: ClassElement): boolean {
  if (!("key" in member)) return false;
  if (member.key.type === "PrivateIdentifier") return true;
  return "accessibility" in member && member.accessibility === "private" && !(member.type === "MethodDefinition" && member.kind === "constructor");
}

function isMember(member: ClassElement, { name, isStatic }: { readonly name: string; readonly isStatic: boolean }): boolean {
  if (member.type !== "MethodDefinition" || member.computed || member.static !== isStatic) return false;
  return member.key.type === "Identifier" && member.key.name === name;
}

function keyOf(member: ClassElement): string {
  const name = "key" in member ? printCanonical(member.key) : "";
  return `${"static" in member && member.static ? "1" : "0"} ${name}`;
}

/** Whether a declaration is a class. */
export function isClass(node: Node): node is Class {
  return node.type === "ClassDeclaration" || node.type === "ClassExpression";
}
