// Runs the gates on the active save of examples.api.routes/orderEndpoint, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> await orderEndpoint({ isbn: "9780262510875", copies: 2 })
//   { isbn: "9780262510875", copies: 2, cents: 8400 }
//   >>> await request("/orders", { method: "POST", body: { isbn: "9780262510875", copies: 12, note: " a gift " } })
//   { status: 200, body: { isbn: "9780262510875", copies: 12, cents: 47250, note: "a gift" } }
//   >>> await request("/orders", { method: "POST", body: { isbn: "9783540653127" } })
//   { status: 200, body: { isbn: "9783540653127", copies: 1, cents: 4200 } }
//   >>> (await request("/orders", { method: "POST", body: { isbn: "12", copies: 0 } })).body.errors.map((error: { pointer: string }) => error.pointer)
//   ["#/isbn", "#/copies"]
//   >>> (await request("/orders", { method: "POST", body: { isbn: "0000000000000" } })).status
//   404

import { testUnit } from "vibesafe/testing";

testUnit("examples.api.routes/orderEndpoint", import.meta.url);
