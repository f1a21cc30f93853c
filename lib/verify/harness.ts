/**
 * Harness files: one a unit, to be run alone with `node --test`. They are written when a unit is saved and hold no code of it.
 *
 * @module
 */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import type { Project } from "../project/project.ts";
import { encodeRefComponent } from "../store/ref-name.ts";
import type { Example, Spec } from "../spec/types.ts";
import { splitUnitId } from "../spec/unit-id.ts";

export interface HarnessFile {
  /** POSIX path from the project root. */
  readonly path: string;
  readonly text: string;
}

/** The harness file of a unit; the same spec gives the same text. */
export function renderHarness(spec: Spec, testsFolder: string = "spec-tests"): HarnessFile {
  const { modulePath, name } = splitUnitId(spec.id);
  const examples = spec.examples.flatMap((example) => exampleLines(example));
  const header = [
    `Runs the gates on the active save of ${spec.id}, as \`vibe test\` does. Written by \`vibe save\`.`,
    "",
    ...(spec.examples.length === 0 ? ["The spec has no example."] : ["Examples:", ...examples]),
    ...(spec.properties.length === 0 ? [] : ["", ...spec.properties.flatMap(({ source }, i) => [`Property ${i + 1}:`, ...indented(source)])]),
  ];
  const comment = header.map((line) => `// ${line}`.trimEnd()).join("\n");
  const text = `${comment}\n\nimport { testUnit } from "vibesafe/testing";\n\ntestUnit(${JSON.stringify(spec.id)}, import.meta.url);\n`;
  return { path: `${testsFolder}/${encodeRefComponent(modulePath)}/${encodeRefComponent(name)}.test.mjs`, text };
}

/** Writes the harness file of a unit if it is not there as it should be; returns its path, and whether it was written. */
export function writeHarness(project: Project, spec: Spec): HarnessFile & { readonly written: boolean } {
  const file = renderHarness(spec, project.config.paths.tests);
  const path = join(project.root, file.path);
  if (textOf(path) === file.text) return { ...file, written: false };
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    writeFileSync(temporary, file.text, { flag: "wx" });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  return { ...file, written: true };
}

function exampleLines({ source, expected }: Example): string[] {
  const [first = "", ...more] = source.split("\n");
  const lines = [`  >>> ${first}`, ...more.map((line) => `  ... ${line}`)];
  switch (expected.kind) {
    case "none":
      return lines;
    case "throws":
      return [...lines, ...indented(`! ${expected.name}: ${expected.message}`)];
    case "throwsValue":
      return [...lines, ...indented(`! ${expected.expression}`)];
    case "output":
      return [...lines, ...indented(expected.text)];
  }
}

function indented(text: string): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => `  ${line}`);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
