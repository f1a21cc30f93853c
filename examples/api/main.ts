/**
 * The endpoints of `routes.ts` on a server of their own: `npm run example:api`, then `curl localhost:8787/hello?name=Ada`, or a browser
 * on /_vibesafe/docs. In production (`VIBESAFE_ENV=prod`) it serves only what was verified and saved.
 *
 * @module
 */

import { createServer } from "node:http";
import { toNode } from "vibesafe/http/node";
import * as routes from "./routes.ts";

const port = Number(process.env["PORT"] ?? 8787);
const server = createServer(await toNode(routes, { title: "Books and sums", version: "1.0.0" }));
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/_vibesafe/docs`));
