/**
 * `vibe openapi`
 *
 * @module
 */

import { renameSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseContract } from "../http/contract.ts";
import { openapi, type Described } from "../http/openapi.ts";
import type { HashedSpec } from "../spec/types.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import { count } from "./text.ts";
import { brokenStatus, selectUnits } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("output", { alias: "o", type: "string", requiresArg: true, describe: "Write the document to this file" })
      .option("title", { type: "string", requiresArg: true, describe: "Title of the API" })
      .option("api-version", { type: "string", requiresArg: true, describe: "Version of the API" })
      .option("prefix", { type: "string", requiresArg: true, describe: "What stands before every path, as in /api" })
      .option("allow-empty", { type: "boolean", describe: "Succeed when there is no endpoint" })
      .example("$0 -o openapi.json", "writes the OpenAPI 3.1 document of every endpoint"),
  handler: async (args, context) => {
    const { units, broken } = selectUnits(context, targetsOf(args));
    const endpoints = units.filter(({ map }) => map.http !== undefined);
    const named = endpoints.filter(({ map }) => map.http?.input !== null || map.http.output !== null);
    const { describeSchemas } = await import("../verify/schemas.ts");
    const schemas = await describeSchemas(context.workspace(), named);
    const document = openapi(
      endpoints.map((unit) => described(unit, schemas[named.indexOf(unit)])),
      { title: args.title, version: args["api-version"], prefix: args.prefix?.replace(/\/+$/, "") },
    );
    // The document has no place for what is wrong with other units.
    for (const { file, line, column, error } of broken) context.complain(error, `${file}:${line}:${column}`);
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (args.output !== undefined) {
      const path = resolve(context.folder, args.output);
      const temporary = `${path}.${process.pid}.tmp`;
      writeFileSync(temporary, text);
      renameSync(temporary, path);
      context.say(`${relative(context.folder, path)}: ${count(endpoints.length, "endpoint")}`);
    }
    context.document(document);
    if (args.output === undefined && !context.json) context.io.out(text);
    if (endpoints.length > 0 || broken.length > 0 || args["allow-empty"] === true) return brokenStatus(broken);
    context.warn("no endpoint found; --allow-empty lets that pass");
    return 1;
  },
});

function described({ spec, map }: HashedSpec, schemas: { readonly input?: Described["input"]; readonly output?: Described["output"] } | undefined): Described {
  return { unit: spec.id, contract: parseContract(map.http?.contract ?? "{}"), doc: map.doc, input: schemas?.input, output: schemas?.output };
}
