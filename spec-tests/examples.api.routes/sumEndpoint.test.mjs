// Runs the gates on the active save of examples.api.routes/sumEndpoint, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> await sumEndpoint({ a: 2, b: 3 })
//   { sum: 5 }
//   >>> await request("/sum", { method: "POST", body: { a: 2, b: 3 } })
//   { status: 200, body: { sum: 5 } }
//   >>> (await request("/sum", { method: "POST", body: { a: "2" } })).body.errors
//   [{ in: "body", pointer: "#/a", detail: "must be a number" }, { in: "body", pointer: "#/b", detail: "is missing" }]

import { testUnit } from "vibesafe/testing";

testUnit("examples.api.routes/sumEndpoint", import.meta.url);
