/**
 * What is wrong with a generated module, as data and as text for the model.
 *
 * @module
 */

import type { Node } from "oxc-parser";
import type { Module } from "../spec/parse.ts";

/** `validate`: it is not an implementation of its spec. `policy`: it does what generated code may not. */
export type ValidationStage = "validate" | "policy";

export interface Problem {
  readonly stage: ValidationStage;
  /** Short name of the rule that is broken: `signature`, `import`, `global`, … */
  readonly rule: string;
  /** In `impl.ts`, from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to add to `allow` to permit it, where that can be. */
  readonly allow?: string;
}

/** Takes a problem at an offset or node of the module. */
export type Complain = (rule: string, at: number | Node, message: string, allow?: string) => void;

export class ValidationReport {
  /** In the order of the code. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const unique = new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.rule}:${problem.message}`, problem]));
    this.problems = [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** `validate` if any problem is of that stage: code that is no implementation has no policy yet. */
  get stage(): ValidationStage {
    return this.problems.some(({ stage }) => stage === "validate") ? "validate" : "policy";
  }

  /** One line a problem, `line:column rule: what`; at most fifty, since one mistake may repeat. */
  get text(): string {
    const lines = this.problems.slice(0, MOST).map(({ line, column, rule, message }) => `${line}:${column} ${rule}: ${message}`);
    const more = this.problems.length - lines.length;
    return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
  }

  get remedy(): string {
    const wanted = [...new Set(this.problems.flatMap(({ allow }) => allow ?? []))].map((name) => JSON.stringify(name));
    const anew = "make the spec say more, or ask anew with `vibe compile --force`";
    return wanted.length === 0 ? anew : `${anew}; to allow it, add ${wanted.join(", ")} to the unit's allow option or to [policy] allow`;
  }
}

const MOST = 50;

/** Collects problems of one stage into `problems`. */
export function complainer(module: Module, stage: ValidationStage, problems: Problem[]): Complain {
  return (rule, at, message, allow) => {
    const { line, column } = module.positionOf(typeof at === "number" ? at : at.start);
    problems.push({ stage, rule, line, column, message, ...(allow !== undefined && { allow }) });
  };
}
