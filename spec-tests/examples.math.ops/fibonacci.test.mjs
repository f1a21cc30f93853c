// Runs the gates on the active save of examples.math.ops/fibonacci, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> [0, 1, 2, 3, 4, 5, 6].map((n) => fibonacci(n))
//   [0n, 1n, 1n, 2n, 3n, 5n, 8n]
//   >>> fibonacci(100)
//   354224848179261915075n

import { testUnit } from "vibesafe/testing";

testUnit("examples.math.ops/fibonacci", import.meta.url);
