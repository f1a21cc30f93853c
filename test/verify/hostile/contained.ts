/**
 * Runs hostile replies with all layers, or with one taken away.
 */

import assert from "node:assert/strict";
import { checkImplementation } from "../../../lib/generate/validate.ts";
import { runExamples } from "../../../lib/verify/examples.ts";
import { loadPrograms, type Programs } from "../../../lib/verify/sandbox/program.ts";
import { specFile, testProject, type TestProject } from "../judged.ts";
import type { Hostile, Kind } from "./reply.ts";

/** What can be taken away while the rest still runs. */
export type Layer = "lock" | "copies" | "process";

export interface Contained {
  readonly reply: Hostile;
  readonly passed: boolean;
  /** The policy says no before anything runs. */
  readonly policy: boolean;
  /** All messages. */
  readonly text: string;
}

const SPECS: Readonly<Record<Kind, string>> = {
  number: specFile(">>> answer(1)\n42", "function answer(n: number): number"),
  object: specFile(">>> answer(1)\n{ sum: 42 }", "function answer(n: number): unknown"),
  text: specFile(">>> JSON.stringify([answer(1)].map((x) => x + 0))\n'[42]'", "function answer(n: number): number"),
  promise: specFile(">>> await answer(1)\n42", "async function answer(n: number): Promise<number>"),
  thrown: specFile(">>> answer(1)\n! RangeError: right", "function answer(n: number): number"),
  later: specFile(">>> await answer(1)\n{ sum: 42 }", "async function answer(n: number): Promise<unknown>"),
  rejected: specFile(">>> await answer(1)\n! RangeError: right", "async function answer(n: number): Promise<number>"),
};

/** One verdict a reply: without the policy, which is only asked. */
export async function contain(t: Parameters<typeof testProject>[0], replies: readonly Hostile[], without?: Layer): Promise<{ readonly project: TestProject; readonly results: readonly Contained[] }> {
  const files = Object.fromEntries(Object.entries(SPECS).map(([kind, source]) => [`${kind}.ts`, source]));
  const project = testProject(t, files, `[sandbox]\nenabled = ${without !== "process"}\ntimeout = 0.6\nmemory_mb = 64\n`);
  const subjects = replies.map(({ kind = "number", impl }) => {
    const hashed = project.specs(`${kind}.ts`).get("answer");
    assert.ok(hashed);
    return { hashed, impl };
  });
  const programs = weakened(await loadPrograms(), without);
  const all = await runExamples(project.workspace, subjects, { implementations: () => undefined, programs });
  const results = replies.map((reply, i): Contained => {
    const gates = all[i] ?? [];
    const subject = subjects[i];
    assert.ok(subject);
    return {
      reply,
      passed: gates.every(({ passed }) => passed),
      policy: checkImplementation(project.workspace, subject.hashed, subject.impl).problems.some(({ stage }) => stage === "policy"),
      text: gates.flatMap(({ details }) => details.flatMap(({ message }) => message ?? [])).join("\n"),
    };
  });
  return { project, results };
}

function weakened(programs: Programs, without: Layer | undefined): Programs {
  if (without === "lock") return { ...programs, realm: cut(programs.realm, /lockDown\(\[\.\.\.builtIn, \.\.\.own\], \{ constructors: false \}\);/, "") };
  if (without === "copies") return { ...programs, harness: cut(programs.harness, /return function snapshot\((\w+)\) \{/, "return function snapshot($1) { return $1;") };
  return programs;
}

function cut(text: string, what: RegExp, by: string): string {
  assert.match(text, what);
  return text.replace(what, by);
}
