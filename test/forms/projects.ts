/**
 * One project with a unit of each form, and replies that pass.
 *
 * @module
 */

import { reply, type Files } from "../cli/vibe.ts";

const IMPORT = 'import { vibesafe, VibesafeHandled } from "vibesafe";\n\n';

export const FORMS: Files = {
  "src/shape.ts": `${IMPORT}export class Shape {
  readonly width: number;
  protected depth: number = 3;
  #made = 0;

  constructor(width: number) {
    this.width = width;
  }

  /**
   * The area of that many squares.
   *
   * >>> new Shape(2).area(3)
   * 12
   * >>> new Shape(2).area(-1)
   * ! RangeError: negative
   */
  @vibesafe.func
  area(scale: number): number {
    if (scale < 0) throw new RangeError("negative");
    throw new VibesafeHandled();
  }

  /**
   * >>> Shape.of("7").width
   * 7
   */
  @vibesafe.func
  static of(text: string): Shape {
    throw new VibesafeHandled();
  }

  /**
   * >>> const seen: number[] = [];
   * ... for await (const step of new Shape(2).steps()) seen.push(step);
   * >>> seen
   * [1, 2]
   */
  @vibesafe.func
  async *steps(): AsyncGenerator<number, void, undefined> {
    throw new VibesafeHandled();
  }

  perimeter(): number {
    this.#made += 1;
    return 4 * this.width;
  }
}

export class Box<T> {
  readonly items: readonly T[];
  constructor(items: readonly T[]) {
    this.items = items;
  }

  /**
   * >>> new Box([5, 6]).at(-1)
   * 6
   */
  at(index: number): T | undefined;
  at(index: string): T | undefined;
  @vibesafe.func
  at(index: number | string): T | undefined {
    throw new VibesafeHandled();
  }
}
`,
  "src/text.ts": `import { VibesafeHandled } from "vibesafe";

/**
 * Twice the value.
 *
 * >>> twice(2)
 * 4
 * >>> twice("a")
 * 'aa'
 *
 * @vibesafe
 */
export function twice(value: number): number;
export function twice(value: string): string;
export function twice(value: number | string): number | string {
  throw new VibesafeHandled();
}

/**
 * >>> await first([7, 8])
 * 7
 * @vibesafe
 */
export async function first<T>(items: readonly T[]): Promise<T | undefined> {
  throw new VibesafeHandled();
}
`,
  "src/title.ts": `import { vibesafe, VibesafeHandled } from "vibesafe";
import { twice } from "../__generated__/src/text.ts";

/**
 * >>> title("ab")
 * 'ABAB'
 */
export const title = vibesafe.func(function title(text: string): string {
  const long = twice(text);
  throw new VibesafeHandled();
});
`,
  "replies/src.shape/Shape.area.md": reply(`import type { Shape } from "./shape.ts";

export function area(this: Shape, scale: number): number {
  if (scale < 0) throw new RangeError("negative");
  return this.width * this.width * scale;
}`),
  "replies/src.shape/Shape.of.md": reply(`import { Shape } from "./shape.ts";

export function of(this: typeof Shape, text: string): Shape {
  return new Shape(Number(text));
}`),
  "replies/src.shape/Shape.steps.md": reply(`import type { Shape } from "./shape.ts";

export async function* steps(this: Shape): AsyncGenerator<number, void, undefined> {
  for (let i = 1; i <= this.width; i++) yield await Promise.resolve(i);
}`),
  "replies/src.shape/Box.at.md": reply(`import type { Box } from "./shape.ts";

export function at<T>(this: Box<T>, index: number): T | undefined;
export function at<T>(this: Box<T>, index: string): T | undefined;
export function at<T>(this: Box<T>, index: number | string): T | undefined {
  return this.items.at(Number(index));
}`),
  "replies/src.text/twice.md": reply(`export function twice(value: number): number;
export function twice(value: string): string;
export function twice(value: number | string): number | string {
  return typeof value === "number" ? value * 2 : value + value;
}`),
  "replies/src.text/first.md": reply(`export async function first<T>(items: readonly T[]): Promise<T | undefined> {
  return items[0];
}`),
  "replies/src.title/title.md": reply(`import { twice } from "../__generated__/src/text.ts";

export function title(text: string): string {
  const long = twice(text);
  return long.toUpperCase();
}`),
  "main.ts": `import { first, twice } from "./__generated__/src/text.ts";
import { Box, Shape } from "./src/shape.ts";
import { title } from "./src/title.ts";

const steps: number[] = [];
for await (const step of new Shape(3).steps()) steps.push(step);
console.log(new Shape(2).area(3), Shape.of("5").width, steps, new Box([1, 2]).at("1"), twice(2), twice("x"), await first([9]), title("ab"));
console.log(Shape.prototype.area.toString().startsWith("function area(scale) {"), Object.keys(Shape.prototype), twice.name, twice.length);
`,
};

export const IDS: readonly string[] = ["src.shape/Box.at", "src.shape/Shape.area", "src.shape/Shape.of", "src.shape/Shape.steps", "src.text/first", "src.text/twice", "src.title/title"];
