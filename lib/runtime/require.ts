/**
 * The `require` that generated code is given: what its imports mean beside the spec's file, and the instances that file has.
 *
 * @module
 */

import { existsSync, realpathSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as OxcResolver from "oxc-resolver";
import { VibesafeUsageError } from "../errors.ts";
import { isTypeScript } from "./call-site.ts";
import { loadedInstance } from "./es-instance.ts";

export interface Importer {
  /** Absolute path of the file that the spec runs from. */
  readonly file: string;
  /** That file runs as an ES module. */
  readonly esm: boolean;
  /** The folder of its bundle, where the file is looked for only when it is needed. */
  readonly root?: string;
}

let resolver: OxcResolver.ResolverFactory | undefined;

const COMPILED: Readonly<Record<string, readonly string[]>> = { ".ts": [".js"], ".tsx": [".js", ".jsx"], ".mts": [".mjs"], ".cts": [".cjs"] };
const WRITTEN: Readonly<Record<string, readonly string[]>> = { ".js": [".ts", ".tsx"], ".jsx": [".tsx"], ".mjs": [".mts"], ".cjs": [".cts"] };

/**
 * Makes the `require` of code that stands beside `importer`.
 *
 * @param loading - its own module is still being evaluated, so what it exports is not there yet
 * @param onCycle - called, and expected to throw, when the module asked for is still being evaluated
 */
export function requireFor(importer: Importer, loading: boolean, onCycle: (specifier: string) => never): (specifier: string) => unknown {
  let own = "";
  let native: NodeJS.Require | undefined;
  return (specifier) => {
    // Most generated code imports nothing, and then needs none of this.
    if (native === undefined) native = createRequire((own = realpathSync(importer.file)));
    if (isBuiltin(specifier)) return native(specifier);
    const file = fileOf(specifier, own, importer.esm, native);
    if (loading && file === own) return onCycle(specifier);
    try {
      return (importer.esm ? loadedInstance(file) : undefined) ?? native(file);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ERR_REQUIRE_CYCLE_MODULE") return onCycle(specifier);
      throw error;
    }
  };
}

function fileOf(specifier: string, own: string, esm: boolean, native: NodeJS.Require): string {
  const relative = /^\.{1,2}\//.test(specifier);
  const found = relative ? siblingOf(specifier, own) : esm ? importedFile(specifier, own) : undefined;
  if (found !== undefined) return found;
  try {
    return native.resolve(specifier);
  } catch (error) {
    if (!relative || !(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")) throw error;
    const remedy = "deploy it there; a program that is bundled takes the plugin for its bundler: `vibesafe/plugin`";
    throw new VibesafeUsageError(`generated code imports "${specifier}", which is not where ${own} runs`, { cause: error, remedy });
  }
}

/**
 * The file that `import` of a package or `#name` leads to. `require.resolve` would follow the "require" condition, which in a package
 * with two builds is not the build that the spec's own import has loaded.
 */
function importedFile(specifier: string, own: string): string | undefined {
  const { ResolverFactory } = createRequire(import.meta.url)("oxc-resolver") as typeof OxcResolver;
  resolver ??= new ResolverFactory({ conditionNames: ["node", "import", "module-sync"], extensions: [], mainFields: ["main"] });
  return resolver.sync(dirname(own), specifier).path;
}

/**
 * The file that a relative import means where the importer runs: generated code imports what was written (`./parse.ts`), a compiled
 * program has `./parse.js`; a source may say `./parse.js` and mean `./parse.ts`, as TypeScript allows.
 */
function siblingOf(specifier: string, own: string): string | undefined {
  const written = fileURLToPath(new URL(specifier, pathToFileURL(own)));
  const end = /\.[^./\\]+$/.exec(written)?.[0] ?? "";
  const others = ((isTypeScript(own) ? WRITTEN : COMPILED)[end] ?? []).map((other) => `${written.slice(0, -end.length)}${other}`);
  const found = (isTypeScript(own) ? [written, ...others] : [...others, written]).find((file) => existsSync(file));
  return found === undefined ? undefined : realpathSync(found);
}
