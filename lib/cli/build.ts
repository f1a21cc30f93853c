/**
 * `vibe build`
 *
 * @module
 */

import { hash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { BUNDLE_FILE } from "../spec/bundle.ts";
import { makeBundle } from "../spec/make-bundle.ts";
import { defineCommand, type Command } from "./command.ts";
import { count } from "./text.ts";

export const command: Command = defineCommand({
  builder: (parser) =>
    parser
      .option("out", { type: "string", requiresArg: true, describe: `File to write, from the project root; ${BUNDLE_FILE} if not given` })
      .option("allow-empty", { type: "boolean", describe: "Succeed when there is no unit" })
      .example("$0", "seals what production would run into one file"),
  handler: (args, context) => {
    const workspace = context.workspace();
    const { root } = workspace.project;
    const { bytes, units, objects, warnings } = makeBundle(workspace);
    for (const warning of warnings) context.warn(warning);
    const empty = units.length === 0 && args["allow-empty"] !== true;
    const path = resolve(root, args.out ?? BUNDLE_FILE);
    const file = relative(root, path);
    const digest = hash("sha256", bytes, "hex");
    if (!empty) {
      const temporary = join(`${path}.${process.pid}.tmp`);
      writeFileSync(temporary, bytes);
      renameSync(temporary, path);
    }
    context.document({ file, sha256: digest, bytes: bytes.length, objects, units: units.map(({ id, commit }) => ({ id, commit })) });
    if (empty) context.warn("no unit found; nothing was written");
    else context.say(`${file}: ${count(units.length, "unit")}, ${count(objects, "object")}, ${bytes.length} bytes, sha256 ${digest}`);
    return empty ? 1 : 0;
  },
});
