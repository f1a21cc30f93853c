/**
 * Saves a project's candidates, checks out its snapshot `v1` and takes that back; kills itself just before the system call of that
 * number: `crash-operations.ts ROOT NUMBER`. Prints a line after each operation that ended.
 *
 * @module
 */

import { killBefore } from "../../store/workers/kill-before.ts";

const [root = "", killAt = "0"] = process.argv.slice(2);
const { acknowledge, count } = killBefore(Number(killAt));

const { checkoutV1, openProjectAt, saveAll, undoLast } = await import("../crash-project.ts");

const project = openProjectAt(root);
await saveAll(project);
acknowledge("save");
checkoutV1(project);
acknowledge("checkout");
undoLast(project);
acknowledge("undo");
acknowledge(`calls ${count()}`);
