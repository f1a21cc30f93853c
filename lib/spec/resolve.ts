/**
 * Import specifiers to files, packages and built-ins, as TypeScript and Node find them.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import type * as Addon from "oxc-resolver";
import type { NapiResolveOptions, ResolveResult, ResolverFactory } from "oxc-resolver";
import { VibesafeTypeError } from "../errors.ts";
import { perWorkspace } from "./per-workspace.ts";
import type { Workspace } from "./workspace.ts";

/** What an import specifier leads to. Paths are POSIX, from the project root. */
export type Resolved =
  | {
      readonly kind: "file";
      readonly file: string;
      /** What TypeScript reads instead of `file`, where that is another: declarations, or sources of what was built. */
      readonly types?: string;
    }
  | (Installed & {
      readonly kind: "package";
      /** The package that declares its types, where that is another one. */
      readonly types?: Installed;
    })
  | { readonly kind: "builtin"; readonly name: string };

/** A package as its `package.json` tells of it, not the specifier: an alias names what is installed. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  /** Its `package.json`. */
  readonly manifest: string;
}

// Code before declarations: what a helper does says more than what it declares; its declarations come in as `types`.
const OPTIONS: NapiResolveOptions = {
  extensions: [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json", ".d.ts", ".d.mts", ".d.cts"],
  extensionAlias: {
    ".js": [".ts", ".tsx", ".js", ".d.ts"],
    ".jsx": [".tsx", ".jsx", ".d.ts"],
    ".mjs": [".mts", ".mjs", ".d.mts"],
    ".cjs": [".cts", ".cjs", ".d.cts"],
  },
  mainFields: ["module", "main"],
  // NODE_PATH would make the answer depend on the shell.
  nodePath: false,
};

interface Resolvers {
  readonly byConfig: Map<string, ResolverFactory>;
  readonly byFolder: Map<string, string>;
  readonly results: Map<string, Resolved | string>;
  /** File -> the specifiers that were resolved for it. */
  readonly asked: Map<string, Set<string>>;
  readonly manifests: Map<string, Manifest | undefined>;
  /** Absolute paths of the code that packages were resolved to, links followed; keys as those of `results`. */
  readonly places: Map<string, string>;
}

const resolversOf = perWorkspace(
  (): Resolvers => ({ byConfig: new Map(), byFolder: new Map(), results: new Map(), asked: new Map(), manifests: new Map(), places: new Map() }),
);

/**
 * Resolves `specifier` as written in `fromFile`.
 *
 * A file inside the project and outside `node_modules` is a file, also when a link in `node_modules` leads to it (a workspace
 * package); so is a file outside the project that is named by path. The rest are packages.
 *
 * @param fromFile - POSIX path from the project root
 * @param line - line of the import, from 1; for the message
 * @throws VibesafeTypeError when nothing is found
 */
export function resolveImport(workspace: Workspace, specifier: string, fromFile: string, line: number = 1): Resolved {
  const { asked } = resolversOf(workspace);
  let specifiers = asked.get(fromFile);
  if (specifiers === undefined) asked.set(fromFile, (specifiers = new Set()));
  specifiers.add(specifier);
  const found = tryResolve(workspace, specifier, fromFile);
  if (typeof found !== "string") return found;
  throw new VibesafeTypeError(`${fromFile}:${line}: cannot resolve "${specifier}": ${found}`, { remedy: remedyFor(specifier) });
}

/** Like `resolveImport`, with the reason where nothing is found. */
export function tryResolve(workspace: Workspace, specifier: string, fromFile: string): Resolved | string {
  const { results } = resolversOf(workspace);
  const key = keyOf(fromFile, specifier);
  let found = results.get(key);
  if (found === undefined) results.set(key, (found = resolve(workspace, specifier, fromFile)));
  return found;
}

/** The file of code that the import of a package leads to, absolute; undefined for what is no package, or has declarations alone. */
export function placeOf(workspace: Workspace, specifier: string, fromFile: string): string | undefined {
  tryResolve(workspace, specifier, fromFile);
  return resolversOf(workspace).places.get(keyOf(fromFile, specifier));
}

function keyOf(fromFile: string, specifier: string): string {
  return `${dirname(fromFile)}\0${specifier}\0${conditionOf(fromFile)}`;
}

/** The condition of package `exports` and `imports` under which a file imports: what says so in its name is CommonJS. */
export function conditionOf(file: string): "import" | "require" {
  return /\.c[jt]s$/.test(file) ? "require" : "import";
}

/** Where an import leads, in one line. */
export function formatResolved(resolved: Resolved): string {
  switch (resolved.kind) {
    case "builtin":
      return resolved.name;
    case "package":
      return `${formatInstalled(resolved)}${resolved.types === undefined ? "" : ` types ${formatInstalled(resolved.types)}`}`;
    case "file":
      return resolved.types === undefined ? resolved.file : `${resolved.file} types ${resolved.types}`;
  }
}

function formatInstalled({ name, version, manifest }: Installed): string {
  return `npm:${name}@${version} ${manifest}`;
}

/** The specifiers that were resolved for a file of this workspace. */
export function resolvedFrom(workspace: Workspace, file: string): ReadonlySet<string> {
  return resolversOf(workspace).asked.get(file) ?? new Set();
}

/** The `tsconfig.json` nearest to `file`, not above the project root; POSIX path from the root. */
export function tsconfigOf(workspace: Workspace, file: string): string | undefined {
  const { byFolder } = resolversOf(workspace);
  const folder = dirname(file);
  let found = byFolder.get(folder);
  if (found === undefined) {
    const own = folder === "." ? "tsconfig.json" : `${folder}/tsconfig.json`;
    const up = dirname(folder) === folder || folder.endsWith("..") ? "" : (tsconfigOf(workspace, folder) ?? "");
    byFolder.set(folder, (found = existsSync(join(workspace.project.root, own)) ? own : up));
  }
  return found === "" ? undefined : found;
}

function remedyFor(specifier: string): string {
  if (/^\.{0,2}\//.test(specifier)) return "write the path of a file that exists";
  if (specifier.startsWith("#")) return 'define it under "imports" in package.json';
  return `install the package, or add "${specifier}" to paths in tsconfig.json`;
}

function resolve(workspace: Workspace, specifier: string, fromFile: string): Resolved | string {
  if (isBuiltin(specifier)) return { kind: "builtin", name: specifier.startsWith("node:") ? specifier : `node:${specifier}` };
  const { root } = workspace.project;
  const from = join(root, fromFile);
  const byPath = /^\.{0,2}\//.test(specifier);
  const condition = conditionOf(fromFile);
  const resolver = resolverFor(workspace, fromFile, [condition, "node"]);
  const code = resolver.sync(dirname(from), specifier);
  // A path has no conditions.
  const types = (byPath ? resolver : resolverFor(workspace, fromFile, ["types", condition, "node"])).resolveDtsSync(from, specifier);
  const result = code.path === undefined ? types : code;
  if (result.path === undefined) return plainError(code, root);
  const file = fromRoot(root, result.path);
  const outside = file.startsWith("../") || isAbsolute(file);
  if (file.split("/").includes("node_modules") || (outside && !byPath)) {
    if (code.path !== undefined) resolversOf(workspace).places.set(keyOf(fromFile, specifier), code.path);
    const found = packageOf(workspace, result, specifier);
    if (types.path !== undefined && /\.[cm]?tsx?$/.test(types.path)) return withTypes(found, packageOf(workspace, types, specifier));
    return withTypes(found, declaredElsewhere(workspace, dirname(from), specifier));
  }
  const declared = types.path === undefined ? file : fromRoot(root, types.path);
  const twoFiles = declared !== file && /\.[cm]?tsx?$/.test(declared) && !declared.split("/").includes("node_modules");
  return twoFiles ? { kind: "file", file, types: declared } : { kind: "file", file };
}

function resolverFor(workspace: Workspace, fromFile: string, conditionNames: string[]): ResolverFactory {
  const { byConfig } = resolversOf(workspace);
  const config = tsconfigOf(workspace, fromFile);
  const key = `${conditionNames.join(" ")} ${config ?? ""}`;
  let resolver = byConfig.get(key);
  if (resolver === undefined) {
    const tsconfig = config === undefined ? undefined : ({ configFile: join(workspace.project.root, config), references: "auto" } as const);
    // Not `cloneWithOptions`: clones share a cache that answers with the paths of the first one's tsconfig.
    const options = { ...OPTIONS, conditionNames };
    byConfig.set(key, (resolver = newResolver(tsconfig === undefined ? options : { ...options, tsconfig })));
  }
  return resolver;
}

/** Loads the native addon at the first import that is resolved: most units in production name nothing but globals. */
function newResolver(options: NapiResolveOptions): ResolverFactory {
  const addon: typeof Addon = createRequire(import.meta.url)("oxc-resolver");
  return new addon.ResolverFactory(options);
}

function packageOf(workspace: Workspace, result: ResolveResult, specifier: string): Resolved | string {
  const { root } = workspace.project;
  const places = [result.packageJsonPath, ...foldersAbove(result.path ?? "").map((folder) => join(folder, "package.json"))];
  for (const place of places) {
    const manifest = place === undefined ? undefined : manifestAt(workspace, place);
    if (place !== undefined && manifest !== undefined) return { kind: "package", ...manifest, manifest: fromRoot(root, place) };
  }
  return `the package that "${specifier}" leads to has no package.json with name and version`;
}

/** With the package of the types where that is another, as `@types/…` is. */
function withTypes(code: Resolved | string, types: Resolved | string | undefined): Resolved | string {
  if (typeof code === "string" || code.kind !== "package" || typeof types !== "object" || types.kind !== "package") return code;
  const { name, version, manifest } = types;
  return manifest === code.manifest ? code : { ...code, types: { name, version, manifest } };
}

/** `@types/name` of a package that declares no types of its own, or `@types/scope__name`. */
export function typesPackage(name: string): string {
  return `@types/${name.replace(/^@([^/]+)\//, "$1__")}`;
}

/** The name of the package that a specifier begins with; undefined where it begins with none. */
export function packageName(specifier: string): string | undefined {
  return /^(?:@[^/]+\/)?[^./#@][^/]*/.exec(specifier)?.[0];
}

/** TypeScript looks there before it takes plain JavaScript. */
function declaredElsewhere(workspace: Workspace, from: string, specifier: string): Resolved | undefined {
  const name = packageName(specifier);
  if (name === undefined) return undefined;
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, "node_modules", typesPackage(name), "package.json");
    const manifest = manifestAt(workspace, path);
    if (manifest !== undefined) return { kind: "package", ...manifest, manifest: fromRoot(workspace.project.root, path) };
    if (dirname(folder) === folder) return undefined;
  }
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** Name and version there; undefined when the file is absent or has no version, as nested ones that only set `type`. */
function manifestAt(workspace: Workspace, path: string): Manifest | undefined {
  const { manifests } = resolversOf(workspace);
  if (!manifests.has(path)) manifests.set(path, readManifest(path));
  return manifests.get(path);
}

function readManifest(path: string): Manifest | undefined {
  if (!existsSync(path)) return undefined;
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new VibesafeTypeError(`${path}: ${cause.message}`, { cause, remedy: "install the package again" });
  }
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest) || typeof manifest.version !== "string") return undefined;
  const folder = dirname(path);
  const scope = basename(dirname(folder));
  const installedAs = scope.startsWith("@") ? `${scope}/${basename(folder)}` : basename(folder);
  return { name: "name" in manifest && typeof manifest.name === "string" ? manifest.name : installedAs, version: manifest.version };
}

/** From the file's folder up to the one that lies directly in `node_modules`, or the top. */
function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); dirname(folder) !== folder && basename(folder) !== "node_modules"; folder = dirname(folder)) {
    folders.push(folder);
  }
  return folders;
}

function fromRoot(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}

/** The resolver's reason without paths of this machine. */
function plainError(result: ResolveResult, root: string): string {
  return (result.error ?? "not found").replaceAll(root + sep, "").replaceAll(root, ".");
}
