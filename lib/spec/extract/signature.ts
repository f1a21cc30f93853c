/**
 * The signature of a spec's function, in canonical text.
 *
 * @module
 */

import type { BindingPattern, ParamPattern } from "oxc-parser";
import type { Complaint, SpecFunction } from "./hole.ts";
import { printCanonical } from "../print.ts";
import type { Parameter, Signature } from "../types.ts";

/** Reads a signature; parameters and result without a type go to `complain`. */
export function readSignature(fn: SpecFunction, complain: (complaint: Complaint) => void): Signature {
  if (fn.returnType === null || fn.returnType === undefined) {
    complain({ offset: fn.body?.start ?? fn.start, message: "the result has no type", remedy: "write it behind the parameters: `): Type`" });
  }
  return {
    async: fn.async,
    generator: fn.generator,
    typeParameters: fn.typeParameters?.params.map((parameter) => printCanonical(parameter)) ?? [],
    parameters: fn.params.flatMap((parameter) => readParameter(parameter, complain)),
    returns: fn.returnType === null || fn.returnType === undefined ? "" : printCanonical(fn.returnType.typeAnnotation),
  };
}

function readParameter(node: ParamPattern, complain: (complaint: Complaint) => void): Parameter[] {
  if (node.type === "TSParameterProperty") {
    complain({ offset: node.start, message: "a parameter of a function is no property", remedy: "remove the modifier before it" });
    return [];
  }
  const rest = node.type === "RestElement";
  const target: BindingPattern = node.type === "RestElement" ? node.argument : node.type === "AssignmentPattern" ? node.left : node;
  const annotation = target.typeAnnotation ?? node.typeAnnotation ?? undefined;
  const name = target.type === "Identifier" ? target.name : printCanonical({ ...target, typeAnnotation: null });
  if (annotation === undefined) {
    complain({ offset: node.start, message: `parameter ${name} has no type`, remedy: `write \`${name}: Type\`` });
    return [];
  }
  // oxc's types call it always false; it is true after `name?`.
  const optional = Boolean(target.optional);
  const fallback = node.type === "AssignmentPattern" ? printCanonical(node.right) : null;
  return [{ name, type: printCanonical(annotation.typeAnnotation), optional, rest, default: fallback }];
}
