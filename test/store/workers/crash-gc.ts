/**
 * Runs gc on a store and kills itself just before the system call of that number.
 *
 * @module
 */

import { killBefore } from "./kill-before.ts";

const [dir = "", killAt = "0"] = process.argv.slice(2);
const calls = killBefore(Number(killAt));

const { openStore } = await import("../../../lib/store/store.ts");
const { gc } = await import("../../../lib/store/gc.ts");

gc(openStore(dir), { cache: true, packRefs: true });
calls.acknowledge("gc");
calls.acknowledge(`calls ${calls.count()}`);
