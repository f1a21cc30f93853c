/**
 * `vibe init`
 *
 * @module
 */

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { VibesafeUsageError } from "../errors.ts";
import { CONFIG_FILE, openProject } from "../project/project.ts";
import { modulePathOf } from "../spec/unit-id.ts";
import { initStore } from "../store/init.ts";
import { CI_FILES, CI_NAMES, type CiName } from "./ci-files.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import type { ExitStatus } from "./exit-status.ts";
import { configTemplate, FIRST_REPLY, FIRST_SPEC, PROVIDER_CHOICES } from "./init-templates.ts";

/** Where the first spec goes: the first of these that is not there. */
const SPEC_FILES = ["src/hello.ts", "src/hello-vibesafe.ts", "hello-vibesafe.ts"];

export const command: Command = defineCommand({
  builder: (parser) =>
    parser
      .option("provider", { choices: PROVIDER_CHOICES, requiresArg: true, describe: "What [provider.default] is to be; replay if not given" })
      .option("ci", { choices: CI_NAMES, array: true, requiresArg: true, describe: "Write files for a CI server or tool, also into a project that is there; may be repeated" })
      .option("no-spec", { type: "boolean", describe: "Write no first spec" })
      .example("$0", "offline: a first spec with a recorded reply")
      .example("$0 --provider openai-compatible", "any server that speaks chat completions"),
  handler: (args, context) => {
    const root = context.folder;
    if (args.ci !== undefined && existsSync(join(root, CONFIG_FILE))) return writeCi(context, root, args.ci);
    const provider = args.provider ?? "replay";
    if (existsSync(join(root, CONFIG_FILE))) {
      throw new VibesafeUsageError(`${CONFIG_FILE} is there already`, { remedy: "edit it; init writes over nothing" });
    }
    const created: string[] = [];
    const create = (file: string, text: string): void => {
      if (writeNew(join(root, file), text)) created.push(file);
    };
    const spec = args.noSpec === true ? undefined : SPEC_FILES.find((file) => !existsSync(join(root, file)));
    if (spec !== undefined) {
      create(spec, FIRST_SPEC);
      if (provider === "replay") create(`replies/${modulePathOf(spec)}/greet.md`, FIRST_REPLY);
    }
    // Last, because a project is what has a configuration: killed before, init can simply run again.
    create(CONFIG_FILE, configTemplate(provider));
    const { config, storeDir } = openProject(root);
    initStore(storeDir);
    created.push(`${config.paths.store}/`);
    for (const [file, text] of ciFiles(args.ci ?? [])) create(file, text);
    const next = [
      ...(canResolve(root) ? [] : ["npm install vibesafe"]),
      ...(provider === "openai-compatible" ? ["export OPENAI_API_KEY=…"] : []),
      ...["scan", "compile", "test", "save"].map((name) => `vibe ${name}`),
    ];
    context.document({ created, next });
    for (const file of created) context.say(`created ${file}`);
    context.say("\nNext:");
    for (const line of next) context.say(`  ${line}`);
    if (provider === "replay") context.say(`\nThe first reply is recorded, so this works offline. For a model, edit [provider.default] in ${CONFIG_FILE}.`);
    return 0;
  },
});

function ciFiles(names: readonly CiName[]): [string, string][] {
  return names.flatMap((name) => Object.entries(CI_FILES[name]));
}

/** CI files for a project that is there already. @returns 1 where one of them was there before: it stays as it is */
function writeCi(context: Context, root: string, names: readonly CiName[]): ExitStatus {
  const files = ciFiles(names).map(([file, text]) => ({ file, created: writeNew(join(root, file), text) }));
  const [created, kept] = [true, false].map((wanted) => files.flatMap((item) => (item.created === wanted ? [item.file] : [])));
  context.document({ created, kept });
  for (const file of created ?? []) context.say(`created ${file}`);
  for (const file of kept ?? []) context.warn(`${file} is there already and stays as it is; docs/ci.md has what to add to it`);
  return (kept ?? []).length === 0 ? 0 : 1;
}

/** Writes a file that is not there; tells whether it did. */
function writeNew(path: string, text: string): boolean {
  mkdirSync(dirname(path), { recursive: true });
  try {
    // What begins as a program is to be run as one.
    writeFileSync(path, text, { flag: "wx", mode: text.startsWith("#!") ? 0o777 : 0o666 });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function canResolve(root: string): boolean {
  try {
    createRequire(join(root, "package.json")).resolve("vibesafe");
    return true;
  } catch (error) {
    // MODULE_NOT_FOUND, or a package.json between here and there that is none: either way an import would fail.
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
