// Runs the gates on the active save of examples.math.ops/isPrime, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> [2, 3, 5, 7, 97, 7919].every((n) => isPrime(n))
//   true
//   >>> [-7, 0, 1, 4, 9, 91, 7917].some((n) => isPrime(n))
//   false
//   >>> isPrime(2.5)
//   false

import { testUnit } from "vibesafe/testing";

testUnit("examples.math.ops/isPrime", import.meta.url);
