/**
 * Time that has passed.
 *
 * @module
 */

/** Milliseconds since some moment. `performance.now()` would load eleven modules of Node at its first call: 1.7 ms. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
