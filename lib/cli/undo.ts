/**
 * `vibe undo`
 *
 * @module
 */

import { undoOperation } from "../history/undo.ts";
import type { Command } from "./command.ts";
import { reversalCommand } from "./reverse.ts";

export const command: Command = reversalCommand(undoOperation, "undid", "take the last save, rollback, checkout, tag or update-ref back; again for the one before");
