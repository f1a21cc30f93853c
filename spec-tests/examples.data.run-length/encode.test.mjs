// Runs the gates on the active save of examples.data.run-length/encode, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> encode("aaab")
//   [["a", 3], ["b", 1]]
//   >>> encode("")
//   []
//
// Property 1:
//   fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => decode(encode(text)) === text));
//   fc.assert(
//     fc.property(fc.array(fc.constantFrom("a", "b")), (letters) =>
//       encode(letters.join("")).every(([character], i, runs) => character !== runs[i - 1]?.[0]),
//     ),
//   );

import { testUnit } from "vibesafe/testing";

testUnit("examples.data.run-length/encode", import.meta.url);
