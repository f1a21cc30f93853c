/**
 * Functions that stand for another one that is not there yet.
 *
 * @module
 */

import type { AnyFunction } from "./evaluate.ts";

/** What a function looks like from outside. */
export interface Shape {
  readonly name: string;
  readonly length: number;
}

/** Gives `fn` the name and length of the function that it stands for. */
export function shaped({ name, length }: Shape, fn: AnyFunction): AnyFunction {
  return Object.defineProperties(fn, { name: { value: name, configurable: true }, length: { value: length, configurable: true } });
}

/**
 * A function of that shape that passes each call on, `this` included, to what `target` gives; what comes back or is thrown comes from
 * there alone.
 *
 * @param target - asked at the first call, and again until it has given a function
 */
export function forwarder(shape: Shape, target: () => AnyFunction): AnyFunction {
  let found: AnyFunction | undefined;
  return shaped(shape, function (this: unknown, ...args: never[]): unknown {
    // `apply` of a rest parameter is the one form that V8 turns into a plain call: 2 ns where Reflect.apply takes 8.
    if (found === undefined) found = target();
    return found.apply(this, args);
  });
}
