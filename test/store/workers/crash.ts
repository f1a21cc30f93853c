/**
 * Runs one scenario on a store and kills itself just before the system call of that number. Prints `ack` after each finished step.
 *
 * @module
 */

import type { RefUpdate } from "../../../lib/store/ref-transaction.ts";
import { killBefore } from "./kill-before.ts";

const [dir = "", killAt = "0"] = process.argv.slice(2);
const { acknowledge, count } = killBefore(Number(killAt));

const { openStore } = await import("../../../lib/store/store.ts");
const { updateRefs } = await import("../../../lib/store/ref-transaction.ts");
const { migrateObjects } = await import("../../../lib/store/write.ts");
const { WHO, writeSave } = await import("../git.ts");

const store = openStore(dir);
const base = writeSave(store, "two", [], "cache");
migrateObjects(store, [base]);
acknowledge("object");
const names = ["refs/units/m/loose", "refs/units/m/new", "refs/units/m/packed"];
const moves = names.map((name): RefUpdate => ({ name, to: base }));
updateRefs(store, [...moves, { name: "refs/units/m/gone", to: null }], { who: WHO, message: "all" });
acknowledge("all");
updateRefs(store, [{ name: "refs/units/m/new", to: writeSave(store, "three", [base]) }], { who: WHO, message: "one" });
acknowledge("one");
acknowledge(`calls ${count()}`);
