// Runs the gates on the active save of examples.api.routes/bookEndpoint, as `vibe test` does. Written by `vibe save`.
//
// Examples:
//   >>> (await bookEndpoint("9780262510875")).year
//   1985
//   >>> (await request("/books/9783540653127?language=de&language=ru")).body.title
//   'Elements of Programming'
//   >>> (await request("/books/9783540653127", { headers: { "accept-language": "de-AT, en-GB;q=0.7" } })).status
//   200
//   >>> (await request("/books/9780201896831", { headers: { "accept-language": "fr, *;q=0.1" } })).status
//   200
//   >>> await bookEndpoint("9783540653127", ["fr"])
//   ! Error: there is no such book
//   >>> await request("/books/1?language=en")
//   { status: 404, body: { type: "about:blank", title: "Not Found", status: 404, detail: "there is no such book" } }

import { testUnit } from "vibesafe/testing";

testUnit("examples.api.routes/bookEndpoint", import.meta.url);
