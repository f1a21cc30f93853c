/**
 * `vibesafe.func` has exactly the type of the function that it is given. Checked by the compiler; the bodies never run.
 */

/* oxlint-disable no-unused-vars, require-yield -- specs declare what their generated code uses */

import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vibesafe, VibesafeHandled, VibesafeUsageError } from "../../lib/index.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

function declarations(): void {
  const plain = vibesafe.func(function plain(a: string, b?: number): string {
    throw new VibesafeHandled();
  });
  same<typeof plain, (a: string, b?: number) => string>(true);

  const generic = vibesafe.func({ model: "m", allow: ["node:path"] }, function generic<T extends object>(items: readonly T[], key: keyof T): T[] {
    throw new VibesafeHandled();
  });
  same<typeof generic, <T extends object>(items: readonly T[], key: keyof T) => T[]>(true);

  const asynchronous = vibesafe.func(async (n: number): Promise<number> => {
    throw new VibesafeHandled();
  });
  same<typeof asynchronous, (n: number) => Promise<number>>(true);

  const generator = vibesafe.func(function* generator(n: number): Generator<number, string, boolean> {
    throw new VibesafeHandled();
  });
  same<typeof generator, (n: number) => Generator<number, string, boolean>>(true);

  const rest = vibesafe.func(function rest(this: Date, ...parts: [string, number?]): asserts this is Date {
    throw new VibesafeHandled();
  });
  same<typeof rest, (this: Date, ...parts: [string, number?]) => asserts this is Date>(true);

  const guard = vibesafe.func(function guard(value: unknown): value is string {
    throw new VibesafeHandled();
  });
  same<typeof guard, (value: unknown) => value is string>(true);

  // @ts-expect-error -- an option that does not exist
  vibesafe.func({ modle: "m" }, function typo(): void {});
  // @ts-expect-error -- options alone make a decorator
  vibesafe.func({ model: "m" })("text");

  void load<(a: string) => number>("a.b/c").then((loaded) => same<typeof loaded, (a: string) => number>(true));
}

test("the declarations above compile", () => {
  assert.equal(typeof declarations, "function");
});

test("func without a function is a mistake of the caller", () => {
  assert.throws(() => Reflect.apply(Reflect.apply(vibesafe.func, vibesafe, [{}]), undefined, ["text"]), VibesafeUsageError);
  assert.throws(() => Reflect.apply(vibesafe.func, vibesafe, ["f"]), VibesafeUsageError);
});
