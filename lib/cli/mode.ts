/**
 * `vibe mode`
 *
 * @module
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { VibesafeUsageError } from "../errors.ts";
import { effectiveMode, modeFile, modeFromFile } from "../project/mode.ts";
import { openProject } from "../project/project.ts";
import { defineCommand, type Command } from "./command.ts";
import { columns } from "./text.ts";

export const command: Command = defineCommand({
  positionals: "[mode]",
  builder: (parser) =>
    parser
      .positional("mode", { choices: ["dev", "prod"] as const, describe: "Mode to set for this checkout" })
      .option("value", { choices: ["dev", "prod"] as const, requiresArg: true, describe: "The same" })
      .option("clear", { type: "boolean", describe: "Remove what was set" })
      .conflicts("clear", ["value", "mode"])
      .example("$0", "which mode is effective, and why")
      .example("$0 prod", "run verified code only"),
  handler: (args, context) => {
    // Not context.project(): it refuses a mode that this command is there to mend.
    const project = openProject(context.folder);
    const path = modeFile(project);
    const shown = `${project.config.paths.store}/mode`;
    const wanted = args.mode ?? args.value;
    if (args.mode !== undefined && args.value !== undefined && args.mode !== args.value) {
      throw new VibesafeUsageError(`both ${args.mode} and --value ${args.value}`, { remedy: "name one mode" });
    }
    if (args.clear === true) rmSync(path, { force: true });
    if (wanted !== undefined) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${wanted}\n`);
    }
    const effective = effectiveMode(project, context.io.env);
    const { mode } = effective;
    const source = effective.source === path ? shown : effective.source;
    const settings = {
      env: context.io.env["VIBESAFE_ENV"] ?? null,
      file: modeFromFile(project)?.mode ?? null,
      config: project.config.env ?? null,
      nodeEnv: context.io.env["NODE_ENV"] ?? null,
    };
    context.document({ mode, source, ...settings });
    const rows = [
      ["VIBESAFE_ENV", settings.env],
      [shown, settings.file],
      ["vibesafe.toml", settings.config],
      ["NODE_ENV", settings.nodeEnv],
    ] as const;
    for (const line of columns(rows.map(([name, value]) => [name, value ?? context.colour.dim("not set")]))) context.say(line);
    context.say(`${context.colour.bold(mode)}, decided by ${source}`);
    if (wanted !== undefined && wanted !== mode) context.warn(`${wanted} was set, but ${source} says ${mode}`);
    return 0;
  },
});
