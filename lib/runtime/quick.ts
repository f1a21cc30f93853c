/**
 * The short way of production: a unit whose save has a witness that holds is loaded without parsing anything.
 *
 * It only ever says yes. Whatever is absent, changed, broken or out of the ordinary, the long way (`full.ts`) looks at from the
 * beginning, and it alone refuses, in its order and with its reasons.
 *
 * @module
 */

import { hash } from "node:crypto";
import { dirname, join, relative, sep } from "node:path";
import { readBuild, readDeployed, type Deployed } from "../spec/deployed.ts";
import { installedDifferences } from "../spec/installed.ts";
import type { UnitId } from "../spec/types.ts";
import { isUnitId, modulePathOf } from "../spec/unit-id.ts";
import { constInTurn, wasNameless } from "./arrow-order.ts";
import { isTypeScript, sourcePosition, type CallSite, type SourcePosition } from "./call-site.ts";
import { codeText } from "./code-text.ts";
import type { AnyFunction, VerifiedCode } from "./evaluate.ts";
import { quickProject, type QuickProject } from "./quick-project.ts";
import { realPath } from "./real-path.ts";
import type { Importer } from "./require.ts";
import { functionName } from "./unit-name.ts";
import { saidAt } from "./which-unit.ts";
import { witnessHolds } from "./witness-holds.ts";

/** Verified code of the unit that was declared at `site`; undefined when the long way has to tell. */
export function quickCode(site: CallSite | { readonly script: string }, name: string, fn?: AnyFunction): VerifiedCode | undefined {
  if (!("file" in site)) return undefined;
  return orUndefined(() => {
    const position = sourcePosition(site);
    const source = realPath(position.file);
    const project = isTypeScript(source) ? quickProject(dirname(source)) : undefined;
    if (project === undefined) return undefined;
    const file = relative(project.root, source).split(sep).join("/");
    // In a source that runs as it is, a name that the function has itself is enough; a compiler may have changed it.
    const certain = name !== "" && isTypeScript(site.file);
    const said = certain ? { declared: undefined, own: name } : saidAt(site, name);
    const called = isTypeScript(site.file) && name === "" ? constAt(project, file, { site, position, fn }) : (said.declared ?? said.own);
    const id = `${modulePathOf(file)}/${called}`;
    const found = isUnitId(id) ? deployedUnit(project, id) : undefined;
    if (found === undefined || found.witness.file !== file) return undefined;
    if (!certain && !isPlainly(found, position)) return undefined;
    return codeOf(project, found, { file: site.file, esm: site.esm });
  });
}

/** Compiled code calls the unit by its name, from a line of it, and was compiled from the source that was saved. */
function isPlainly({ witness: { file, files, lines: [first, last] } }: Deployed, { line, text }: SourcePosition): boolean {
  return line !== undefined && first <= line && line <= last && (text === undefined || hash("sha256", text, "hex") === files[file]);
}

interface Called {
  readonly site: CallSite;
  readonly position: SourcePosition;
  readonly fn: AnyFunction | undefined;
}

/** The const that a function without a name seems to be for. By a source map, the lines of the witness tell whether it is. */
function constAt(project: QuickProject, file: string, { site, position: { line, column }, fn }: Called): string {
  if (line === undefined) return "";
  const text = project.text(file);
  if (column !== undefined) return (wasNameless(fn) && constInTurn(site, { text, digest: project.digest(file) ?? "" })) || "";
  const near = text.split("\n").slice(Math.max(0, line - 2), line).join("\n");
  return [...near.matchAll(/\bconst\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu)].at(-1)?.[1] ?? "";
}

/** A decorated method, up to its name. */
const DECORATED =
  /@\s*\(?\s*[\p{ID_Start}$_][\p{ID_Continue}$.]*\.func\b\s*(?:\((?:[^()]|\([^()]*\))*\))?\s*\)?\s*(?:(?:public|static|override|async)\s+)*\*?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*[<(]/gu;
const CALLED = /=\s*[\p{ID_Start}$_][\p{ID_Continue}$.]*\.func\s*\(/gu;

/**
 * The same for a decorated method, which does not know its class: where every `func` in the source is plainly a decorator or a call, and
 * one method alone of that name is decorated.
 */
export function quickMethod(site: CallSite | { readonly script: string }, name: string): VerifiedCode | undefined {
  if (!("file" in site)) return undefined;
  return orUndefined(() => {
    const source = realPath(sourcePosition(site).file);
    const project = isTypeScript(source) ? quickProject(dirname(source)) : undefined;
    if (project === undefined) return undefined;
    const file = relative(project.root, source).split(sep).join("/");
    const text = project.text(file);
    const decorated = [...text.matchAll(DECORATED)].map(([, method]) => method);
    const known = decorated.length + (text.match(CALLED)?.length ?? 0);
    const all = text.match(/\bfunc\b/g)?.length ?? 0;
    if (text.includes("\\u") || known !== all || decorated.filter((method) => method === name).length !== 1) return undefined;
    const classes = new Set([...text.matchAll(/\bclass\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu)].map(([, word = ""]) => word));
    const found = [...classes].flatMap((owner) => {
      const id = `${modulePathOf(file)}/${owner}.${name}`;
      return (isUnitId(id) ? deployedUnit(project, id) : undefined) ?? [];
    });
    const [only] = found;
    return only === undefined || found.length > 1 || only.witness.file !== file ? undefined : codeOf(project, only, { file: site.file, esm: site.esm });
  });
}

/** The same for a unit that is asked for by its id. @param folder - anywhere in the project */
export function quickCodeOf(id: UnitId, folder: string): VerifiedCode | undefined {
  return orUndefined(() => {
    const project = quickProject(folder);
    const found = project === undefined ? undefined : deployedUnit(project, id);
    return project === undefined || found === undefined ? undefined : codeOf(project, found, { file: join(project.root, found.witness.file), esm: true });
  });
}

function deployedUnit(project: QuickProject, id: UnitId): Deployed | undefined {
  const commitId = project.commitOf(id);
  const found = commitId === undefined ? undefined : readDeployed(project.read, commitId);
  return found?.unit === id && witnessHolds(project, found.witness) && packagesHold(project, found) ? found : undefined;
}

function packagesHold({ root, findPackage }: QuickProject, { dependencies, witness: { file } }: Deployed): boolean {
  return dependencies === undefined || installedDifferences(dependencies, dirname(join(root, file)), findPackage).length === 0;
}

function codeOf({ read }: QuickProject, found: Deployed, importer: Importer): VerifiedCode {
  const { unit, checkpointHash } = found;
  return { unit, name: functionName(unit), checkpoint: checkpointHash, js: codeText(readBuild(read, found)), importer };
}

function orUndefined<T>(look: () => T | undefined): T | undefined {
  try {
    return look();
  } catch (error) {
    // Not handled but left to the long way, which will meet it again.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
