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
import { dirname, join } from "node:path";
import { createUnplugin, type UnpluginInstance, type UnpluginOptions } from "unplugin";
import { VibesafeUsageError } from "./errors.ts";
import { findProjectRoot, openProject } from "./project/project.ts";
import { replaceSpecs } from "./spec/replace-specs.ts";
import { createWorkspace, fromRoot, type Workspace } from "./spec/workspace.ts";

/** `…/ops.vibesafe.double.ts`: a module that is no file, beside the spec's, so that its imports mean what they mean there. */
const VIRTUAL = /\.vibesafe\.([\p{ID_Start}$_][\p{ID_Continue}$.]*)\.ts$/u;
const SOURCE = /\.[cm]?tsx?$/;
/** `…/ops.ts?vibesafe=double`: the same for webpack and Rspack, which look for the imports of a module that is no file in another folder. */
const QUERY = /\?vibesafe=[^&#]*$/;

type Plugin = UnpluginInstance<undefined, boolean>;

const plugin: Plugin = createUnplugin((_, meta) => {
  const { framework } = meta;
  const byQuery = framework === "webpack" || framework === "rspack";
  const workspaces = new Map<string, Workspace>();
  const implementations = new Map<string, string>();
  const workspaceOf = (file: string): Workspace | undefined => {
    const root = findProjectRoot(dirname(file));
    if (root === undefined) return undefined;
    const workspace = workspaces.get(root) ?? createWorkspace(openProject(root));
    workspaces.set(root, workspace);
    return workspace;
  };
  const replace: UnpluginOptions = {
    name: "vibesafe",
    enforce: "pre",
    vite: { apply: "build" },
    buildStart() {
      workspaces.clear();
      implementations.clear();
    },
    resolveId(specifier, importer) {
      if (importer === undefined || !VIRTUAL.test(specifier) || !/^\.{1,2}\//.test(specifier)) return undefined;
      return join(dirname(plainId(importer)), specifier);
    },
    // These two ask without the query.
    loadInclude: (id) => (byQuery ? SOURCE.test(plainId(id)) : implementations.has(plainId(id))),
    load: (id) => implementations.get(byQuery ? id : plainId(id)),
    transformInclude: (id) => SOURCE.test(plainId(id)) && !VIRTUAL.test(plainId(id)) && !QUERY.test(id) && !/[\\/]node_modules[\\/]/.test(id),
    transform(code, id) {
      if (!code.includes("vibesafe")) return undefined;
      const file = realpathSync(plainId(id));
      const workspace = workspaceOf(file);
      const specifierOf = (spec: string, name: string): string => (byQuery ? `${spec}?vibesafe=${name}` : `${spec.replace(SOURCE, "")}.vibesafe.${name}.ts`);
      const replaced = workspace === undefined ? undefined : replaceSpecs(workspace, fromRoot(workspace.project, file), specifierOf);
      if (workspace === undefined || replaced === undefined) return undefined;
      if (workspace.text(file)?.replace(/^\uFEFF/, "") !== code.replace(/^\uFEFF/, "")) {
        throw new VibesafeUsageError(`${file} was changed by another plugin before vibesafe could verify it`, { remedy: "put the plugin of vibesafe first" });
      }
      for (const warning of replaced.warnings) this.warn(warning);
      for (const [specifier, impl] of replaced.implementations) implementations.set(join(dirname(plainId(id)), specifier), impl);
      return { code: replaced.code, map: null };
    },
  };
  return byQuery ? [replace, nameSources(implementations)] : replace;
});

/**
 * Last of the loaders: gives the generated code a file name of its own in source maps. By path it is the spec's file, and of two sources
 * of one name a map keeps one.
 */
function nameSources(implementations: ReadonlyMap<string, string>): UnpluginOptions {
  return {
    name: "vibesafe-sources",
    enforce: "post",
    transformInclude: (id) => QUERY.test(id),
    transform(_, id) {
      const native = this.getNativeBuildContext?.();
      const map: unknown = native !== undefined && "inputSourceMap" in native ? native.inputSourceMap : undefined;
      const impl = implementations.get(id);
      if (typeof map !== "object" || map === null || impl === undefined) return undefined;
      // In place: a map that were returned would be taken for one of a further step.
      Object.assign(map, { sources: [id.replace(/(?:\.[cm]?tsx?)?\?vibesafe=(.*)$/, ".vibesafe.$1.ts")], sourcesContent: [impl] });
      return undefined;
    },
  };
}

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
