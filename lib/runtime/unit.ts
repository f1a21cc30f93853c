/**
 * Which unit a call of `vibesafe.func` stands for.
 *
 * @module
 */

import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeUsageError, type VibesafeError } from "../errors.ts";
import type { Project } from "../project/project.ts";
import type { Spec, SpecProblem, UnitId } from "../spec/types.ts";
import { parseUnitId, SOURCE_EXTENSION, splitUnitId, unitIdOf } from "../spec/unit-id.ts";
import { fromRoot, type Workspace } from "../spec/workspace.ts";
import { specsIn, workspaceAt } from "./burst.ts";
import { inTurn, isArrow, wasNameless, type SourceText, type Turns } from "./arrow-order.ts";
import { isTypeScript, sourcePosition, type CallSite, type SourcePosition } from "./call-site.ts";
import type { AnyFunction } from "./evaluate.ts";
import { importerOf } from "./importer.ts";
import type { Importer } from "./require.ts";
import { saidAt, single, whichUnit } from "./which-unit.ts";

export interface Unit {
  readonly id: UnitId;
  /** Folder to find the project from. */
  readonly folder: string;
  /** Source of the spec: POSIX path from the project root. */
  readonly file: string;
  /** The file that runs, which the imports of the generated code are relative to. */
  readonly importer: Importer;
}

export interface Stub {
  /** Empty for an arrow function. */
  readonly name: string;
  /** `unit` of the options. */
  readonly unit?: string | undefined;
  /** The function itself. */
  readonly fn?: AnyFunction;
  /** It is a method. */
  readonly method?: DecoratedMethod | undefined;
}

export interface DecoratedMethod {
  readonly isStatic: boolean;
  /** The site is where its decorator is written, and not only somewhere in its file. */
  readonly placed: boolean;
}

const BY_NAME = 'name the unit: vibesafe.func({ unit: "module.path/name" }, …)';

/**
 * Finds the unit that was declared at `site`. Only what is certain counts: the name of the function, the place of the call, or that the
 * file has one spec without a name.
 *
 * @param told - what was told before in this process
 * @throws VibesafeConfigError when the file is in no project
 * @throws VibesafeUsageError when it cannot be told
 */
export function unitAt(site: CallSite | { readonly script: string }, stub: Stub, told: Turns): Unit {
  if (!("file" in site)) {
    throw new VibesafeUsageError(`vibesafe.func was called from ${site.script}, which is no file`, { remedy: "write the spec in a file and import it" });
  }
  if (stub.unit !== undefined) return unitNamed(parseUnitId(stub.unit), dirname(realpathSync(site.file)), site);
  const position = sourcePosition(site);
  const source = sourceOf(site, position);
  const folder = dirname(source);
  const workspace = workspaceAt(folder);
  const file = fromRoot(workspace.project, source);
  const { specs: all, problems } = specsIn(workspace, file);
  if (stub.method !== undefined) return { id: methodId(all, problems, { ...stub.method, name: stub.name, file, line: position.line }), folder, file, importer: { file: site.file, esm: site.esm } };
  const specs = all.filter(({ form }) => form === undefined || form === "call");
  // A line of another text than the one that is deployed says nothing.
  const line = position.text === undefined || position.text === workspace.text(file) ? position.line : undefined;
  const byName = (): Spec | undefined => single(specs.filter((spec) => spec.named && spec.name === stub.name));
  const byLine = (): Spec | undefined => single(specs.filter((spec) => line !== undefined && isAt(spec, line)));
  const nameless = specs.filter((spec) => !spec.named && spec.options.unit === undefined);
  // Where functions have names, one without may be one of them whose name a loader took away.
  const mayBe = (spec: Spec): boolean => !specs.some(({ named }) => named) || (wasNameless(stub.fn) && isArrow(spec.source.slice(spec.fn.start)));
  const theOnly = (): Spec | undefined => (stub.name === "" && problems.length === 0 ? single(nameless.filter(mayBe)) : undefined);
  const byPlace = (): Spec | undefined => {
    if (position.column === undefined) return byLine();
    const isBroken = problems.some((problem) => problem.unit === undefined || problem.line <= site.line);
    const found = stub.name === "" && !isBroken ? inTurn(site, sourceText(workspace, file), nameless, told) : undefined;
    return found !== undefined && mayBe(found) ? found : undefined;
  };
  const compiled = (): Spec | undefined =>
    whichUnit(specs, { nameOf: ({ name }) => name, isAt: line === undefined ? undefined : (spec) => isAt(spec, line) }, saidAt(site, stub.name));
  const spec = isTypeScript(site.file) ? (byName() ?? byPlace() ?? theOnly()) : (compiled() ?? theOnly());
  // Of a name that is no spec's, the look-up at load says what is wrong with the file.
  const contradicted = !isTypeScript(site.file) && specs.some(({ name }) => name === stub.name);
  const id = spec?.id ?? (stub.name === "" || contradicted ? undefined : unitIdOf(file, stub.name));
  if (id === undefined) throw cannotTell(workspace, file, position, stub.name);
  return { id, folder, file, importer: { file: site.file, esm: site.esm } };
}

/**
 * The unit of that id, whose file follows from its module path.
 *
 * @param site - where it is declared, if that is known; its imports are relative to there unless that is a bundle
 * @throws VibesafeUsageError when no file has that module path, or two have
 */
export function unitNamed(id: UnitId, folder: string, site?: CallSite): Unit {
  const { project } = workspaceAt(folder);
  const file = fileOfModule(project, id);
  return { id, folder, file, importer: importerOf(join(project.root, file), site) };
}

/**
 * The spec as the source has it now.
 *
 * @throws VibesafeTypeError when it is broken
 * @throws VibesafeUsageError when the file has no such spec
 */
export function specOf(workspace: Workspace, { id, file }: Unit): Spec {
  const { specs, problems } = specsIn(workspace, file);
  const problem = problems.find(({ unit }) => unit === id) ?? problems.find(({ unit }) => unit === undefined);
  const spec = specs.find((found) => found.id === id);
  if (spec !== undefined) return spec;
  if (problem !== undefined) throw problem.error;
  throw new VibesafeUsageError(`${file} has no spec ${id}`, {
    unit: id,
    remedy: `write it as vibesafe.func(function ${splitUnitId(id).name}(…) { … }); if a bundler renamed it, ${BY_NAME}`,
  });
}

function real(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

/** The TypeScript file that holds the spec. @throws VibesafeUsageError when it is not deployed, or unknown */
function sourceOf({ file }: CallSite, position: SourcePosition): string {
  const source = real(position.file);
  if (isTypeScript(source) && existsSync(source)) return source;
  const why = position.file === file ? "has no source map, and no TypeScript file beside it" : `was compiled from ${source}, which is not there`;
  throw new VibesafeUsageError(`${file} ${why}`, { remedy: `deploy the source and its source map, or ${BY_NAME}` });
}

function sourceText(workspace: Workspace, file: string): SourceText {
  return { text: workspace.text(file) ?? "", digest: workspace.digest(file) ?? "" };
}

interface MethodStub extends DecoratedMethod {
  readonly name: string;
  readonly file: string;
  readonly line: number | undefined;
}

/** A decorator is told the method's name and whether it is static, not the class: so one class of the file may have such a unit. */
function methodId(specs: readonly Spec[], problems: readonly SpecProblem[], stub: MethodStub): UnitId {
  const { name, isStatic, placed, file, line } = stub;
  // A decorator that scan refuses could be the one that asks.
  const problem = problems.find(({ unit }) => unit === undefined || unit.endsWith(`.${name}`));
  if (problem !== undefined) throw problem.error;
  const called = specs.filter((spec) => spec.method?.isStatic === isStatic && spec.name === name);
  const found = single(called) ?? single(called.filter((spec) => placed && line !== undefined && isAt(spec, line)));
  if (found !== undefined) return found.id;
  const ids = called.map(({ id }) => id);
  throw new VibesafeUsageError(`${file}: cannot tell which unit ${isStatic ? "static " : ""}${name} is${ids.length === 0 ? "" : `: ${ids.join(" or ")}`}`, {
    remedy: `name the unit: @vibesafe.func({ unit: "${ids[0] ?? "module.path/Class.method"}" })`,
  });
}

/** The call of `vibesafe.func`, up to its function, lies on that line; engines point at one of its tokens. */
function isAt({ source, call, fn, line }: Spec, wanted: number): boolean {
  return line <= wanted && wanted <= line + source.slice(call.start, fn.start).split("\n").length - 1;
}

function cannotTell(workspace: Workspace, file: string, { line }: SourcePosition, name: string): VibesafeError {
  const { problems } = specsIn(workspace, file);
  // A broken spec is none that could be told; what is wrong with it stands at the call or below.
  const broken = problems.find((problem) => line !== undefined && problem.line >= line) ?? problems[0];
  if (broken !== undefined) return broken.error;
  const place = `${file}${line === undefined ? "" : `:${line}`}`;
  if (name !== "") {
    return new VibesafeUsageError(`${place}: no spec of the name ${name} begins there: the JavaScript was not compiled from this source`, { remedy: `compile it again, or ${BY_NAME}` });
  }
  return new VibesafeUsageError(`${place}: cannot tell which spec this function without a name is`, {
    remedy: `give the function a name, as in vibesafe.func(function name(…) { … }), or ${BY_NAME}`,
  });
}

/** POSIX path, from the root, of the one file whose module path is the unit's. A dot in it is a folder's end or part of a name. */
function fileOfModule(project: Project, id: UnitId): string {
  const { modulePath } = splitUnitId(id);
  const found = filesNamed(project.root, modulePath).map((path) => fromRoot(project, path)).filter((file) => isTypeScript(file) && !/\.d\.[cm]?ts$/.test(file));
  const [file, other] = found;
  if (file !== undefined && other === undefined) return file;
  throw new VibesafeUsageError(file === undefined ? `no file of the project has the module path ${modulePath}` : `${file} and ${other} have one module path, ${modulePath}`, {
    unit: id,
    remedy: file === undefined ? "deploy the source beside the code; `vibe scan` lists the units" : "rename one of the two files",
  });
}

function filesNamed(folder: string, modulePath: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    const name = entry.normalize("NFC");
    if (name.replace(SOURCE_EXTENSION, "") === modulePath && SOURCE_EXTENSION.test(name) && statSync(path, { throwIfNoEntry: false })?.isFile() === true) return [path];
    if (!modulePath.startsWith(`${name}.`) || statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
    return filesNamed(path, modulePath.slice(name.length + 1));
  });
}
