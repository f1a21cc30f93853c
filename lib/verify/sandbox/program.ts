/**
 * The texts that run in a sandbox child, bundled from `child/` and `realm/` once per process: a child may read no file.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { loadEsbuild } from "../esbuild.ts";

export interface Programs {
  /** Function expression `(require) => { main }`: the harness. */
  readonly harness: string;
  /** Expression `{ install }`: furnishes a realm. */
  readonly realm: string;
}

let programs: Promise<Programs> | undefined;
let fastCheck: Promise<string> | undefined;

/** Our own modules are .ts when run from source and .js when built. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

export function loadPrograms(): Promise<Programs> {
  return (programs ??= Promise.all([bundle(`./child/main${extension}`), bundle(`./realm/main${extension}`)]).then(([child, realm]) => ({
    harness: `(function (require) { "use strict"; var module = { exports: {} }; var exports = module.exports; ${child}\n; return module.exports; })`,
    realm: `(function () { "use strict"; var module = { exports: {} }; var exports = module.exports; ${realm}\n; return module.exports; })()`,
  })));
}

/** Function expression `(seed) => fc`. */
export function loadFastCheck(): Promise<string> {
  return (fastCheck ??= bundle("fast-check").then((code) => {
    // Registered symbols could be forged by the code under test, a failed precondition for one: private ones cannot.
    const own = code.replaceAll(/Symbol\.for\("fast-check\/([A-Za-z/-]+)"\)/g, 'privateSymbol("$1")');
    return `(function (seed) { "use strict"; var module = { exports: {} }; var exports = module.exports;
      var privateSymbols = Object.create(null);
      function privateSymbol(name) { return privateSymbols[name] ??= Symbol(name); }
      ${own}
      var fc = module.exports;
      fc.configureGlobal({ seed });
      return fc; })`;
  }));
}

async function bundle(entry: string): Promise<string> {
  const esbuild = await loadEsbuild();
  const path = entry.startsWith(".") ? fileURLToPath(new URL(entry, import.meta.url)) : fileURLToPath(import.meta.resolve(entry));
  const { outputFiles } = await esbuild.build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    tsconfigRaw: {},
  });
  return outputFiles[0]?.text ?? "";
}
