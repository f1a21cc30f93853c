/**
 * Annotations beside the lines of a pull request, one a unit that failed.
 *
 * @module
 */

import { annotate } from "../annotate.ts";
import { failureText, type Reporter } from "./report.ts";

export const github: Reporter = (context, units) => {
  for (const unit of units) {
    const { id, file, line, passed } = unit;
    if (!passed) annotate(context, { file, line: Math.max(1, line), title: `vibesafe: ${id}`, message: failureText(unit) });
  }
  const passed = units.filter((unit) => unit.passed).length;
  context.say(`${passed}/${units.length} units passed`);
};
