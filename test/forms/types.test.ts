/**
 * The type of a unit is that of its spec, by the word of tsc: overloads, type parameters and `this` included.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { openOverlay } from "../../lib/verify/overlay.ts";
import { runTypes } from "../../lib/verify/types-gate.ts";
import { writeModules } from "../../lib/verify/written-modules.ts";
import { project, vibe } from "../cli/vibe.ts";
import { specProject } from "../generate/spec-project.ts";
import { FORMS } from "./projects.ts";

const CHECKS = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { first, twice } from "./__generated__/src/text.ts";
import { Box, Shape } from "./src/shape.ts";
import * as text from "./src/text.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(yes: Same<A, B>): void;

same<typeof twice, typeof text.twice>(true);
same<typeof first, typeof text.first>(true);
same<typeof twice, { (value: number): number; (value: string): string }>(true);
const number: number = twice(1);
const string: string = twice("a");
// @ts-expect-error -- no overload takes both
twice(Math.random() < 0.5 ? 1 : "a");
same<typeof first, <T>(items: readonly T[]) => Promise<T | undefined>>(true);

same<Shape["area"], (scale: number) => number>(true);
same<Shape["steps"], () => AsyncGenerator<number, void, undefined>>(true);
same<typeof Shape.of, (text: string) => Shape>(true);
same<Box<Date>["at"], { (index: number): Date | undefined; (index: string): Date | undefined }>(true);

class Typed {
  readonly kind = "typed";
  @vibesafe.func({ allow: ["node:path"] })
  only<T extends Typed>(this: T, other: T): T["kind"] {
    throw new VibesafeHandled();
  }
  // @ts-expect-error -- an option that does not exist
  @vibesafe.func({ alow: [] })
  wrong(): void {}
}
same<Typed["only"], <T extends Typed>(this: T, other: T) => T["kind"]>(true);
// @ts-expect-error -- this is no Typed
(0, new Typed().only)(new Typed());

export { number, string };
`;

const OPTIONS = { strict: true, noEmit: true, target: "es2022", lib: ["es2023", "dom"], module: "nodenext", allowImportingTsExtensions: true, isolatedDeclarations: true, declaration: true, types: [], skipLibCheck: true };

test("tsc sees the declared types, in a project with isolated declarations", async (t) => {
  const folder = project(t, { ...FORMS, "check.ts": CHECKS, "tsconfig.json": JSON.stringify({ compilerOptions: OPTIONS, include: ["check.ts", "__generated__/**/*.ts"] }) });
  await vibe(folder, ["scan", "--write-shims"]);
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { cwd: folder, encoding: "utf8" });
  assert.equal(stdout, "");
  assert.equal(status, 0);
});

const UNLIKE: readonly (readonly [file: string, name: string, impl: string, says: RegExp])[] = [
  ["src/text.ts", "twice", "export function twice(value: number | string): number | string {\n  return value;\n}\n", /twice does not have the type that the spec declares/],
  ["src/text.ts", "twice", "export function twice(value: number): number;\nexport function twice(value: string): any;\nexport function twice(value: number | string): any {\n  return value;\n}\n", /has `any` in its type/],
  ["src/shape.ts", "area", 'import type { Shape } from "./shape.ts";\nexport function area(this: Shape, scale: string): number {\n  return scale.length;\n}\n', /area does not have the type/],
  ["src/shape.ts", "at", 'import type { Box } from "./shape.ts";\nexport function at<T>(this: Box<T>, index: number): T | undefined {\n  return this.items[index];\n}\n', /at does not have the type/],
  ["src/shape.ts", "of", 'import { Shape } from "./shape.ts";\nexport function of(this: typeof Shape, text: string): number {\n  return text.length;\n}\n', /of does not have the type/],
];

test("the gate types finds what is unlike the spec, on either side", async (t) => {
  const { workspace, project: own, unit } = specProject(t, FORMS);
  const overlay = openOverlay(own);
  const subjects = UNLIKE.map(([file, name, impl]) => ({ hashed: unit(file, name), impl }));
  const results = await runTypes(workspace, subjects, overlay, await writeModules(workspace, subjects, overlay));
  overlay.remove();
  for (const [i, { passed, details }] of results.entries()) {
    assert.equal(passed, false);
    assert.match(details.map(({ message }) => message).join("\n"), UNLIKE[i]?.[3] ?? /^$/);
  }
});
