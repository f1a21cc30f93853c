/**
 * How a unit's bundle resolves what esbuild cannot know: virtual files, `vibesafe`, other units, modules of node.
 *
 * @module
 */

import { isBuiltin } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findSpec } from "../spec/scan.ts";
import { readShim } from "../spec/shims.ts";
import type { Spec, UnitId } from "../spec/types.ts";
import { splitUnitId } from "../spec/unit-id.ts";
import { fromRoot, readSpecs, type Workspace } from "../spec/workspace.ts";
import { builtinName, isLendable, NOT_IN_SANDBOX } from "./builtins.ts";
import type { Plugin } from "./esbuild.ts";
import { missingUnit, registry, VIBESAFE, withoutShims, withoutSpecs } from "./unit-stub.ts";

export interface Virtual {
  /** End of the names that no other code can guess. */
  readonly secret: string;
  /** Absolute path -> text of entry and generated modules. */
  readonly texts: ReadonlyMap<string, string>;
  /** Absolute path of these -> subject. */
  readonly owners: ReadonlyMap<string, number>;
  readonly entries: ReadonlyMap<number, string>;
  /** Subject -> modules of node that its generated code may import itself. */
  readonly grants: ReadonlyMap<number, ReadonlySet<string>>;
  /** Absolute path -> other unit whose code stands there; filled while building. */
  readonly units: Map<string, UnitId>;
}

const UNIT_FILE = /\.vibesafe-unit\.tsx?$/;
const VIRTUAL_FILE = /\.vibesafe-\d+\.(?:entry|impl)\.tsx?$/;

/** Our own modules are .ts when run from source and .js when built. */
const EXCHANGE = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../http/exchange.ts" : "../http/exchange.js", import.meta.url));

export function bundlePlugin(workspace: Workspace, virtual: Virtual, implementations: (unit: UnitId) => string | undefined): Plugin {
  const { root } = workspace.project;
  const names = new Map<string, string>();
  return {
    name: "vibesafe",
    setup(build) {
      build.onResolve({ filter: /\.vibesafe-(?:unit|\d+\.(?:entry|impl))\.tsx?$/ }, ({ path, resolveDir }) => {
        const file = path.startsWith(".") ? join(resolveDir, path) : path;
        return virtual.texts.has(file) || virtual.units.has(file) ? { path: file } : undefined;
      });
      build.onResolve({ filter: /^vibesafe(?::registry|:exchange|\/.*)?$/ }, ({ path, importer }) => {
        const own = /\.entry\.tsx?$/.test(importer) || !VIRTUAL_FILE.test(importer);
        if (path === "vibesafe:exchange") return /\.entry\.tsx?$/.test(importer) ? { path: EXCHANGE } : { errors: [{ text: `there is no module ${path}` }] };
        if (path === "vibesafe:registry") return own ? { path, namespace: "vibesafe" } : { errors: [{ text: `there is no module ${path}` }] };
        return { path: "vibesafe", namespace: "vibesafe" };
      });
      build.onResolve({ filter: /^(?:node:)?[a-z][a-z0-9_/]*$/ }, ({ path, importer }) => {
        if (!isBuiltin(path)) return undefined;
        const name = builtinName(path);
        const owner = virtual.owners.get(importer);
        if (owner !== undefined && /\.impl\.tsx?$/.test(importer)) {
          if (virtual.grants.get(owner)?.has(name) !== true) return { errors: [{ text: `generated code may not import ${path}: the spec's file does not, and no \`allow\` names it` }] };
          if (!isLendable(name)) return { errors: [{ text: `${path} ${NOT_IN_SANDBOX}` }] };
        }
        return { path, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: "vibesafe" }, ({ path }) => ({ contents: path === "vibesafe" ? VIBESAFE : registry(virtual.secret), loader: "js" }));
      build.onLoad({ filter: VIRTUAL_FILE }, ({ path }) => {
        const contents = virtual.texts.get(path);
        return contents === undefined ? undefined : { contents, loader: path.endsWith("x") ? "tsx" : "ts", resolveDir: dirname(path) };
      });
      build.onLoad({ filter: UNIT_FILE }, ({ path }) => {
        const id = virtual.units.get(path);
        if (id === undefined) return undefined;
        const contents = implementations(id) ?? missingUnit(id, names.get(path) ?? "unit");
        return { contents, loader: path.endsWith("x") ? "tsx" : "ts", resolveDir: dirname(path) };
      });
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
        if (!path.startsWith(root) || path.includes("node_modules")) return undefined;
        const source = workspace.text(path);
        if (source === undefined || !source.includes("vibesafe")) return undefined;
        const moduleOf = (spec: Spec): string => {
          const extension = spec.file.endsWith("x") ? ".tsx" : ".ts";
          const name = `${basename(spec.file, extname(spec.file))}.${splitUnitId(spec.id).name}.vibesafe-unit${extension}`;
          const module = join(root, dirname(spec.file), name);
          virtual.units.set(module, spec.id);
          names.set(module, spec.name);
          return module;
        };
        const shim = readShim(source).flatMap((one) => ({ ...one, spec: findSpec(workspace, one.unit) }));
        const { specs } = shim.length > 0 ? { specs: [] } : readSpecs(workspace, path);
        if (specs.length + shim.length === 0) return undefined;
        const contents = shim.length > 0 ? withoutShims(source, shim, moduleOf) : withoutSpecs(source, specs, moduleOf);
        return { contents, loader: loaderOf(fromRoot(workspace.project, path)), resolveDir: dirname(path) };
      });
    },
  };
}

function loaderOf(file: string): "ts" | "tsx" | "js" | "jsx" {
  if (file.endsWith(".tsx")) return "tsx";
  if (/\.[cm]?ts$/.test(file)) return "ts";
  return file.endsWith(".jsx") ? "jsx" : "js";
}
