/**
 * A method as the function that its generated code is: with what the class says written into its header.
 *
 * @module
 */

import type { Class, MethodDefinition, ParamPattern } from "oxc-parser";
import { printCanonical } from "../print.ts";
import { parseText } from "../parse.ts";
import { walkTree } from "../walk.ts";
import type { Complaint, SpecFunction } from "./hole.ts";

/**
 * `area<T>(scale: T): number` of `class Box<T>` as `function <T>(this: Box<T>, scale: T): number`. Its span is that of the method from
 * the parameters on. A `this` that the method declares itself stays.
 */
export function methodFunction({ id, typeParameters }: Class, { value, static: isStatic }: MethodDefinition): SpecFunction {
  const own = value.typeParameters?.params ?? [];
  // Variance belongs to classes, and a default may not stand before a parameter without one.
  const shared = isStatic ? [] : (typeParameters?.params ?? []).map((one) => ({ ...one, in: false, out: false, default: null }));
  const params = [...shared, ...own];
  const declared = value.typeParameters ?? typeParameters ?? null;
  const first = value.params[0];
  const hasThis = first?.type === "Identifier" && first.name === "this";
  const names = shared.map(({ name }) => name.name);
  const type = isStatic ? `typeof ${id?.name ?? ""}` : `${id?.name ?? ""}${names.length === 0 ? "" : `<${names.join(", ")}>`}`;
  return {
    ...value,
    typeParameters: declared === null || params.length === 0 ? null : { ...declared, params },
    params: [...(hasThis ? [] : thisParameter(type)), ...value.params],
  };
}

function thisParameter(type: string): ParamPattern[] {
  const syntax = parseText(`(function (this: ${type}) {})`, "ts");
  const [statement] = "program" in syntax ? syntax.program.body : [];
  const fn = statement?.type === "ExpressionStatement" ? statement.expression : undefined;
  return fn?.type === "FunctionExpression" ? fn.params.slice(0, 1) : [];
}

/** What a method says that no function outside of the class could. */
export function checkMethod(owner: Class, method: MethodDefinition, complain: (complaint: Complaint) => void): void {
  const { value } = method;
  const shared = new Set(method.static ? [] : owner.typeParameters?.params.map(({ name }) => name.name));
  for (const { name } of value.typeParameters?.params ?? []) {
    if (shared.has(name.name)) complain({ offset: name.start, message: `the type parameter ${name.name} hides that of the class`, remedy: "give it another name" });
  }
  const hidden = hiddenNames(owner);
  walkTree(value, (node) => {
    // A function or class inside has a `this` of its own.
    if (node !== value && (node.type === "FunctionExpression" || node.type === "FunctionDeclaration" || node.type === "ClassBody")) return false;
    if (node.type === "TSThisType") {
      complain({ offset: node.start, message: "the type `this` means nothing outside of the class, where generated code stands", remedy: `write ${owner.id?.name ?? "the class"} instead` });
    } else if (node.type === "Super") {
      complain({ offset: node.start, message: "`super` means nothing outside of the class, where generated code stands", remedy: "call a method of `this` that does it" });
    } else if (node.type === "PrivateIdentifier") {
      complain({ offset: node.start, message: `#${node.name} cannot be reached from outside of the class, where generated code stands`, remedy: "give the class a method for it" });
    } else if (node.type === "MemberExpression" && node.object.type === "ThisExpression" && !node.computed && hidden.has(node.property.name)) {
      complain({ offset: node.start, message: `${printCanonical(node)} is private: generated code stands outside of the class`, remedy: "give the class a method for it, or remove `private`" });
    }
    return true;
  });
}

/** Members that TypeScript hides from code outside of the class. */
function hiddenNames(owner: Class): Set<string> {
  const names = new Set<string>();
  for (const member of owner.body.body) {
    if (!("accessibility" in member) || member.accessibility !== "private" || !("key" in member)) continue;
    if (member.key.type === "Identifier" && !member.computed) names.add(member.key.name);
  }
  return names;
}
