/**
 * How many examples count.
 *
 * @module
 */

export { countExamples } from "../spec/count-examples.ts";
