/**
 * Replies for methods and overloads: the declared header, or not.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { promptVariables } from "../../lib/generate/prompt.ts";
import { checkImplementation } from "../../lib/generate/validate.ts";
import { specProject } from "../generate/spec-project.ts";
import { FORMS } from "./projects.ts";

/** A method that calls a function of its own name. */
const AREA = `import { vibesafe, VibesafeHandled } from "vibesafe";
export const area = (n: number): number => n * n;
const half = 0.5;
export class Half {
  /**
   * >>> new Half().area(2)
   * 2
   */
  @vibesafe.func
  area(n: number): number {
    const whole = area(n) * half;
    throw new VibesafeHandled();
  }
}
`;

const shared = specProject({ after }, { ...FORMS, "src/area.ts": AREA });

function problems(file: string, name: string, impl: string): string {
  return checkImplementation(shared.workspace, shared.unit(file, name), impl).problems.map(({ rule, message }) => `${rule}: ${message}`).join("\n");
}

const IMPORT = 'import type { Shape } from "./shape.ts";\n';
const BODY = '{\n  if (scale < 0) throw new RangeError("negative");\n  return scale;\n}\n';

const METHOD: readonly (readonly [string, RegExp])[] = [
  [`${IMPORT}export function area(this: Shape, scale: number): number ${BODY}`, /^$/],
  [`${IMPORT}function own(this: Shape, scale: number): number ${BODY}export { own as area };`, /^$/],
  [`${IMPORT}export const area = function (this: Shape, scale: number): number ${BODY}`, /^$/],
  [`export function area(scale: number): number ${BODY}`, /signature: the signature is `function area\(scale: number\): number`; it must be `function area\(this: Shape, scale: number\): number`/],
  [`export function area(this: any, scale: number): number ${BODY}`, /signature: .*this: any/],
  [`interface Shape { width: number }\nexport function area(this: Shape, scale: number): number ${BODY}`, /name: `Shape` must be what it is in shape\.ts: import/],
  [`import type { Box as Shape } from "./shape.ts";\nexport function area(this: Shape, scale: number): number ${BODY}`, /name: `Shape` must be/],
  [`${IMPORT}export function area(this: Shape, scale: number): number { return scale; }`, /pre-hole/],
  [`${IMPORT}export class Other { area() {} }`, /export/],
];

for (const [impl, expected] of METHOD) {
  test(impl, () => assert.match(problems("src/shape.ts", "area", impl), expected));
}

const OVERLOADED = "export function twice(value: number): number;\nexport function twice(value: string): string;\n";
const LAST = 'export function twice(value: number | string): number | string {\n  return typeof value === "number" ? value * 2 : value + value;\n}\n';

const OVERLOADS: readonly (readonly [string, RegExp])[] = [
  [OVERLOADED + LAST, /^$/],
  [`${OVERLOADED}${LAST}`.replaceAll("export ", "") + "export { twice };\n", /^$/],
  [LAST, /above `twice` must stand exactly these overloads, in this order:\n {4}export function twice\(value: number\): number;\n {4}export function twice\(value: string\): string;/],
  [`${OVERLOADED.split("\n").slice(0, 2).reverse().join("\n")}\n${LAST}`, /exactly these overloads/],
  [`${OVERLOADED}export function twice(value: boolean): number;\n${LAST}`, /exactly these overloads/],
  [OVERLOADED.replace("string): string", "string): any") + LAST, /exactly these overloads/],
  [`${OVERLOADED}${LAST}${LAST}`, /export: `twice` must be declared once|syntax/],
];

for (const [impl, expected] of OVERLOADS) {
  test(impl, () => assert.match(problems("src/text.ts", "twice", impl), expected));
}

test("a method calls the module's function of its name, not itself", () => {
  const head = 'import type { Half } from "./area.ts";\nimport { area } from "./area.ts";\nconst half = 0.5;\n';
  const body = "(this: Half, n: number): number {\n  const whole = area(n) * half;\n  return whole;\n}\n";
  assert.equal(problems("src/area.ts", "area", `${head}function own${body}export { own as area };\n`), "");
  assert.match(problems("src/area.ts", "area", `import type { Half } from "./area.ts";\nconst half = 0.5;\nexport function area${body}`), /`area` must be what it is in area\.ts/);
});

test("the prompt shows a method as the function it is, and of its class no body", () => {
  const { declaration, sources, own_import: imports } = promptVariables(shared.workspace, shared.unit("src/shape.ts", "area"), []);
  assert.equal(declaration, "export function area(this: Shape, scale: number): number");
  assert.match(imports, /\bShape\b/);
  const shown = sources.map(({ source }) => source).join("\n");
  assert.match(shown, /perimeter\(\): number;/);
  assert.doesNotMatch(shown, /4 \* this\.width|#made/);
  assert.equal(promptVariables(shared.workspace, shared.unit("src/text.ts", "twice"), []).declaration, `${OVERLOADED}export function twice(value: number | string): number | string`);
  assert.equal(promptVariables(shared.workspace, shared.unit("src/text.ts", "first"), []).declaration, "export async function first<T>(items: readonly T[]): Promise<T | undefined>");
});
