// Runs the gates on the active save of examples.api.routes/helloEndpoint, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> await helloEndpoint("Ada")
//   { message: 'Hello, Ada!' }
//   >>> await request("/hello")
//   { status: 200, body: { message: 'Hello, World!' } }
//   >>> await request("/hello", { query: { name: "  Grace  " } })
//   { status: 200, body: { message: 'Hello, Grace!' } }

import { testUnit } from "vibesafe/testing";

testUnit("examples.api.routes/helloEndpoint", import.meta.url);
