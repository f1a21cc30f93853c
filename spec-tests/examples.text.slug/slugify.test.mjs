// Runs the gates on the active save of examples.text.slug/slugify, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> slugify("Hello, World!")
//   'hello-world'
//   >>> slugify("Smørrebrød à la carte — 2 für 1")
//   'smorrebrod-a-la-carte-2-fur-1'
//   >>> slugify("  --  ")
//   ''

import { testUnit } from "vibesafe/testing";

testUnit("examples.text.slug/slugify", import.meta.url);
