// Runs the gates on the active save of examples.quickstart/greet, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> greet("Ada")
//   'Hello, Ada!'
//   >>> greet("  Grace Hopper ")
//   'Hello, Grace Hopper!'
//   >>> greet("   ")
//   'Hello, world!'

import { testUnit } from "vibesafe/testing";

testUnit("examples.quickstart/greet", import.meta.url);
