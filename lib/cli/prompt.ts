/**
 * `vibe prompt`
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { renderPrompt } from "../generate/prompt.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import { brokenStatus, complainAbout, selectUnits } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) => targetOptions(parser).example("$0 src.hello/greet", "what the model is asked at the first attempt"),
  handler: async (args, context) => {
    const targets = targetsOf(args);
    if (targets.length === 0) throw new VibesafeUsageError("which unit?", { remedy: "name it, as in `vibe prompt src.hello/greet`" });
    const { units, broken } = selectUnits(context, targets);
    complainAbout(context, broken);
    if (units.length > 1 && !context.json) {
      throw new VibesafeUsageError(`${units.length} units match: ${units.map(({ spec }) => spec.id).join(", ")}`, { remedy: "name one, or use --json for all" });
    }
    const prompts = [];
    for (const hashed of units) prompts.push({ id: hashed.spec.id, specHash: hashed.specHash, prompt: await renderPrompt(context.workspace(), hashed, []) });
    context.document({ units: prompts });
    const [only] = prompts;
    if (only !== undefined && !context.json) context.io.out(only.prompt.endsWith("\n") ? only.prompt : `${only.prompt}\n`);
    return brokenStatus(broken);
  },
});
