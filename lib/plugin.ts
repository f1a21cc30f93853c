/**
 * vibesafe for bundlers: specs are verified while the program is built and replaced by their generated code, so that nothing of vibesafe
 * is left to do at run time. The build fails where production would refuse to start.
 *
 * @example
 * // vite.config.ts
 * import { vite as vibesafe } from "vibesafe/plugin";
 * export default { plugins: [vibesafe()] };
 *
 * @module
 */

import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createUnplugin, type UnpluginInstance } from "unplugin";
import { VibesafeUsageError } from "./errors.ts";
import { findProjectRoot, openProject } from "./project/project.ts";
import { replaceSpecs } from "./spec/replace-specs.ts";
import { createWorkspace, type Workspace } from "./spec/workspace.ts";

/** `…/ops.vibesafe.double.ts`: a module that is no file, beside the spec's, so that its imports mean what they mean there. */
const VIRTUAL = /\.vibesafe\.([\p{ID_Start}$_][\p{ID_Continue}$.]*)\.ts$/u;
const SOURCE = /\.[cm]?tsx?$/;

type Plugin = UnpluginInstance<undefined>;

const plugin: Plugin = createUnplugin(() => {
  const workspaces = new Map<string, Workspace>();
  const implementations = new Map<string, string>();
  const workspaceOf = (file: string): Workspace | undefined => {
    const root = findProjectRoot(dirname(file));
    if (root === undefined) return undefined;
    const workspace = workspaces.get(root) ?? createWorkspace(openProject(root));
    workspaces.set(root, workspace);
    return workspace;
  };
  return {
    name: "vibesafe",
    enforce: "pre",
    vite: { apply: "build" },
    buildStart() {
      workspaces.clear();
      implementations.clear();
    },
    resolveId(specifier, importer) {
      if (importer === undefined || !VIRTUAL.test(specifier) || !specifier.startsWith("./")) return undefined;
      return join(dirname(plainId(importer)), specifier);
    },
    loadInclude: (id) => implementations.has(plainId(id)),
    load: (id) => implementations.get(plainId(id)),
    transformInclude: (id) => SOURCE.test(plainId(id)) && !VIRTUAL.test(plainId(id)) && !/[\\/]node_modules[\\/]/.test(id),
    transform(code, id) {
      if (!code.includes("vibesafe")) return undefined;
      const file = realpathSync(plainId(id));
      const workspace = workspaceOf(file);
      const stem = basename(file).replace(SOURCE, "");
      const replaced = workspace === undefined ? undefined : replaceSpecs(workspace, file, (name) => `./${stem}.vibesafe.${name}.ts`);
      if (workspace === undefined || replaced === undefined) return undefined;
      if (workspace.text(file)?.replace(/^\uFEFF/, "") !== code.replace(/^\uFEFF/, "")) {
        throw new VibesafeUsageError(`${file} was changed by another plugin before vibesafe could verify it`, { remedy: "put the plugin of vibesafe first" });
      }
      for (const [name, impl] of replaced.implementations) implementations.set(join(dirname(plainId(id)), `${stem}.vibesafe.${name}.ts`), impl);
      return { code: replaced.code, map: null };
    },
  };
});

/** Without the query that a bundler adds. */
function plainId(id: string): string {
  return id.replace(/[?#].*$/, "");
}

export const vite: Plugin["vite"] = plugin.vite;
export const rollup: Plugin["rollup"] = plugin.rollup;
export const rolldown: Plugin["rolldown"] = plugin.rolldown;
export const esbuild: Plugin["esbuild"] = plugin.esbuild;
export const webpack: Plugin["webpack"] = plugin.webpack;
export const rspack: Plugin["rspack"] = plugin.rspack;
