// Runs the gates on the active save of examples.math.ops/sumStr, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> sumStr("2", "3")
//   '5'
//   >>> sumStr("-10", "4")
//   '-6'
//   >>> sumStr("99999999999999999999", "1")
//   '100000000000000000000'
//   >>> sumStr("x", "1")
//   ! RangeError: not an integer: x

import { testUnit } from "vibesafe/testing";

testUnit("examples.math.ops/sumStr", import.meta.url);
