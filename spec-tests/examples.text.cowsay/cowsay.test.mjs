// Runs the gates on the active save of examples.text.cowsay/cowsay, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> console.log(cowsay("moo"))
//    _____
//   < moo >
//    -----
//           \   ^__^
//            \  (oo)\_______
//               (__)\       )\/\
//                   ||----w |
//                   ||     ||
//   >>> cowsay("hello").split("\n")[1]
//   '< hello >'

import { testUnit } from "vibesafe/testing";

testUnit("examples.text.cowsay/cowsay", import.meta.url);
