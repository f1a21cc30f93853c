// Runs the gates on the active save of examples.flow.map-limit/mapLimit, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> await mapLimit([3, 1, 2], 2, async (n) => n * 10)
//   [30, 10, 20]
//   >>> let running = 0;
//   ... let most = 0;
//   ... await mapLimit([1, 2, 3, 4, 5], 2, async () => {
//   ...   most = Math.max(most, ++running);
//   ...   await new Promise((resolve) => setTimeout(resolve, 1));
//   ...   running--;
//   ... });
//   ... console.log(`at most ${most} at a time`);
//   at most 2 at a time
//   >>> await mapLimit([1], 0, async (n) => n)
//   ! RangeError: limit must be at least 1
//   >>> await mapLimit(["a", "b"], 1, async (s) => { throw new TypeError(`no ${s}`); })
//   ! TypeError: no a

import { testUnit } from "vibesafe/testing";

testUnit("examples.flow.map-limit/mapLimit", import.meta.url);
