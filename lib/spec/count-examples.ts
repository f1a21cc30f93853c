/**
 * How many examples count.
 *
 * @module
 */

import type { Spec } from "./types.ts";

/** Examples that expect something; the others only run and prove nothing by themselves. */
export function countExamples(spec: Pick<Spec, "examples">): number {
  return spec.examples.filter(({ expected }) => expected.kind !== "none").length;
}
