/**
 * Whether a reply is an implementation of its spec, and does only what it may. Nothing of it is run to find out.
 *
 * @module
 */

import { VibesafeTypeError, VibesafeValidationError, type VibesafeError } from "../errors.ts";
import type { Node } from "../spec/ast.ts";
import { freeNames } from "../spec/scope.ts";
import type { HashedSpec } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import { checkErasable } from "./check-erasable.ts";
import { checkImports } from "./check-imports.ts";
import { checkNames } from "./check-names.ts";
import { checkPreHole, checkSignature, findImplementation, statementsOf } from "./check-shape.ts";
import { parseImpl } from "./parse-impl.ts";
import { checkPolicy } from "./policy.ts";
import { complainer, ValidationReport, type Problem, type ValidationStage } from "./report.ts";
import { repeatedDeclarations, specCodeOf } from "./spec-code.ts";

export { ValidationReport, type Problem, type ValidationStage } from "./report.ts";

/**
 * Checks a generated module against its spec and the policy.
 *
 * @param impl - code of a reply, as `codeOfReply` gives it
 * @throws VibesafeValidationError with all that is wrong, one line each, fit to be shown to the model; its `cause` is the
 *   ValidationReport
 * @throws VibesafeTypeError when no reply could satisfy the spec, because it names what cannot be repeated
 */
export function validateImplementation(workspace: Workspace, hashed: HashedSpec, impl: string): void {
  const report = checkImplementation(workspace, hashed, impl);
  if (report.problems.length === 0) return;
  throw new VibesafeValidationError(report.text, { unit: hashed.spec.id, remedy: report.remedy, cause: report });
}

/** Stage of an error that says no to a reply: `policy` when the code is an implementation and does what it may not. */
export function stageOf(error: VibesafeError): ValidationStage {
  return error.cause instanceof ValidationReport ? error.cause.stage : "validate";
}

/** What is wrong with a generated module, as data. @throws VibesafeTypeError as `validateImplementation` does */
export function checkImplementation(workspace: Workspace, hashed: HashedSpec, impl: string): ValidationReport {
  const code = specCodeOf(workspace, hashed.spec);
  repeatedDeclarations(workspace, hashed);
  const module = parseImpl(impl);
  if ("stage" in module) return new ValidationReport([module]);
  const problems: Problem[] = [];
  const invalid = complainer(module, "validate", problems);
  const forbidden = complainer(module, "policy", problems);
  try {
    const { spec, map } = hashed;
    const own = new Set<Node>();
    checkErasable(module.program, invalid);
    const found = findImplementation(module, spec.name, invalid);
    if (found !== undefined) {
      const { fn, overloads } = found;
      checkSignature(found, spec, invalid);
      if (checkPreHole(fn, spec, code, invalid)) for (const statement of statementsOf(fn).slice(0, code.preHole.length)) own.add(statement);
      for (const node of [...fn.params, ...overloads]) own.add(node);
      for (const node of checkNames(module, spec, code, invalid)) own.add(node);
    }
    const named = new Set([...own].flatMap((node) => [...freeNames(node).values.keys()]));
    const allow = map.options.allow;
    checkImports(module, { spec, own: code.module, allow, named: new Set([...named, ...[code.fn, ...code.overloads].flatMap((node) => [...freeNames(node).types.keys()])]) }, forbidden);
    checkPolicy(module, { allow, own, ownGlobals: named }, forbidden);
  } catch (error) {
    // Code that nests too deeply, or that the canonical printer has no word for: the reply's fault, the spec's own was read before.
    const tooDeep = error instanceof RangeError && /call stack/.test(error.message);
    if (!tooDeep && !(error instanceof VibesafeTypeError)) throw error;
    invalid("syntax", 0, tooDeep ? "the code nests too deeply to be checked" : error.message);
  }
  return new ValidationReport(problems);
}
