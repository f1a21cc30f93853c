/**
 * The mode of a unit's project.
 *
 * @module
 */

import type { Mode } from "../project/config.ts";
import { effectiveMode, modeFromEnvironment } from "../project/mode.ts";
import { workspaceAt } from "./burst.ts";
import type { Unit } from "./unit.ts";

/** @throws VibesafeConfigError when what sets the mode says neither dev nor prod */
export function modeOf(unit: Unit): Mode {
  return (modeFromEnvironment(process.env) ?? effectiveMode(workspaceAt(unit.folder).project, process.env)).mode;
}
