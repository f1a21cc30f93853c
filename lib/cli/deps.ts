/**
 * `vibe deps`
 *
 * @module
 */

import { relative, resolve } from "node:path";
import { VibesafeUsageError } from "../errors.ts";
import { nearest } from "../project/nearest.ts";
import { dependentsOf, type EditTarget } from "../spec/dependents.ts";
import { showReference } from "../spec/explain/deps.ts";
import type { HashedSpec } from "../spec/types.ts";
import { isUnitId, SOURCE_EXTENSION } from "../spec/unit-id.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { showFrozen } from "./frozen.ts";
import { count } from "./text.ts";
import { brokenDocuments, brokenStatus, complainAbout, openIndex, selectUnits } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("frozen", { type: "boolean", describe: "The packages that its save froze, and what is installed instead" })
      .option("reverse", { type: "string", requiresArg: true, describe: "FILE, FILE#name or a unit: the units that an edit of it makes stale" })
      .example("$0 src.hello/greet", "what it names, directly and by way of that")
      .example("$0 --reverse src/text.ts#trim", "which units rest on it"),
  handler: (args, context) => {
    const targets = targetsOf(args);
    if (args.reverse !== undefined) {
      if (targets.length > 0) throw new VibesafeUsageError("--reverse takes the place of a unit", { remedy: "leave the other targets out" });
      return reverse(context, args.reverse);
    }
    if (targets.length === 0) throw new VibesafeUsageError("which unit?", { remedy: "name it, as in `vibe deps src.hello/greet`, or use --reverse FILE#name" });
    const { units, broken } = selectUnits(context, targets);
    if (args.frozen === true) return showFrozen(context, units);
    context.document({ units: units.map(documentOf), ...(broken.length > 0 && { errors: brokenDocuments(broken) }) });
    for (const hashed of units) {
      context.say(`${context.colour.bold(hashed.spec.id)}  ${hashed.spec.file}:${hashed.spec.line}`);
      for (const line of treeOf(hashed)) context.say(line);
    }
    complainAbout(context, broken);
    return brokenStatus(broken);
  },
});

function reverse(context: Context, asked: string): 0 {
  const index = openIndex(context);
  const target = targetOf(context, asked);
  const found = dependentsOf(index, target);
  index.save();
  if (found.length === 0 && !("unit" in target) && context.workspace().digest(target.file) === undefined) {
    throw new VibesafeUsageError(`no file ${target.file}`, { remedy: "write FILE#name, FILE by its path" });
  }
  if (found.length === 0 && "name" in target && target.name !== undefined) requireName(context, target.file, target.name);
  context.document({ target: asked, units: found });
  context.say(found.length === 0 ? `No unit rests on ${asked}.` : `An edit of ${asked} makes ${count(found.length, "unit")} stale:`);
  for (const { id, path } of found) context.say(`  ${id}${path.length > 1 ? context.colour.dim(`  via ${path.join(" -> ")}`) : ""}`);
  return 0;
}

/** @throws VibesafeUsageError for a name that the file neither declares nor exports: "no unit" would be no answer */
function requireName(context: Context, file: string, name: string): void {
  const parsed = SOURCE_EXTENSION.test(file) ? context.workspace().parsed(file) : undefined;
  if (parsed === undefined || "problem" in parsed) return;
  const { declarations, globals, exports } = parsed.module;
  const known = new Set([...declarations.keys(), ...globals.keys(), ...exports.named.keys()]);
  if (known.has(name.replace(/\..*/, "")) || exports.stars.length > 0) return;
  const close = nearest(name, [...known]).map((one) => `${file}#${one}`);
  throw new VibesafeUsageError(`${file} has no ${name}`, { remedy: close.length === 0 ? "name what stands at its top level" : `did you mean ${close.join(" or ")}?` });
}

function targetOf(context: Context, asked: string): EditTarget {
  const hash = asked.lastIndexOf("#");
  if (hash === -1 && isUnitId(asked) && openIndex(context).units.some(({ id }) => id === asked)) return { unit: asked };
  const path = hash === -1 ? asked : asked.slice(0, hash);
  const file = relative(context.project().root, resolve(context.folder, path)).replaceAll("\\", "/");
  return hash === -1 ? { file } : { file, name: asked.slice(hash + 1) };
}

function documentOf({ spec, map, sources }: HashedSpec): unknown {
  const { names, declarations, packages, units } = map.deps;
  return {
    id: spec.id,
    names,
    declarations: Object.entries(declarations).map(([reference, declaration]) => {
      const place = sources.get(reference);
      return { reference, file: place?.file ?? null, line: place?.line ?? null, names: declaration.names };
    }),
    packages,
    units: Object.entries(units).map(([id, unit]) => ({ id, names: unit.names })),
  };
}

/** What is named, one line each, below it what that names; what was shown already is not shown again. */
function treeOf({ map: { deps }, sources }: HashedSpec): string[] {
  const lines: string[] = [];
  const shown = new Set<string>();
  const visit = (names: Readonly<Record<string, string>>, indent: string): void => {
    const entries = Object.entries(names);
    entries.forEach(([name, reference], i) => {
      const last = i === entries.length - 1;
      const below = reference.startsWith("unit:") ? deps.units[reference.slice("unit:".length)]?.names : deps.declarations[reference]?.names;
      const again = shown.has(reference) && below !== undefined && Object.keys(below).length > 0;
      lines.push(`${indent}${last ? "└─" : "├─"} ${name}  ${place(reference)}${again ? "  (above)" : ""}`);
      if (again || below === undefined) return;
      shown.add(reference);
      visit(below, `${indent}${last ? "   " : "│  "}`);
    });
  };
  const place = (reference: string): string => {
    const source = sources.get(reference);
    if (source !== undefined) return `${source.file}:${source.line}`;
    const version = /^npm:((?:@[^/]+\/)?[^/#]+)/.exec(reference)?.[1];
    const installed = version === undefined ? undefined : deps.packages[version];
    return installed === undefined ? showReference(reference) : `${showReference(reference)}  ${version}@${installed}`;
  };
  visit(deps.names, "");
  return lines;
}
