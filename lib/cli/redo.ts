/**
 * `vibe redo`
 *
 * @module
 */

import { redoOperation } from "../history/undo.ts";
import type { Command } from "./command.ts";
import { reversalCommand } from "./reverse.ts";

export const command: Command = reversalCommand(redoOperation, "redid", "make again what the last undo took back");
