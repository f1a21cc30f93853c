/**
 * How long the property tests look: `RUNS=20` makes twenty times as many runs as a plain one, over all sample files.
 *
 * @module
 */

export const EFFORT: number = Math.max(1, Number(process.env["RUNS"] ?? 1));
