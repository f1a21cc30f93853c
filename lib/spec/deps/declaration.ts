/**
 * One declaration as H_spec sees it: its canonical code and what its names lead to.
 *
 * @module
 */

import { VibesafeTypeError } from "../../errors.ts";
import { changesOf } from "./changes.ts";
import { classShape, isClass } from "./class-shape.ts";
import { dataCode } from "./data.ts";
import { namesIn, type Named } from "./names.ts";
import { exportsOf, isCommonJs, type Lookup, type Target } from "./target.ts";
import type { Declaration, Module } from "../parse.ts";
import { perWorkspace } from "../per-workspace.ts";
import { printCanonical } from "../print.ts";
import type { Span } from "../types.ts";
import type { Workspace } from "../workspace.ts";

/** A target that code stands behind. */
export type CodeTarget = Extract<Target, { kind: "declaration" | "data" }>;

export interface DeclarationInfo {
  readonly file: string;
  /** Line where it begins, from 1. */
  readonly line: number;
  /** Canonical; without `export`. */
  readonly code: string;
  /** As written. */
  readonly text: string;
  readonly names: Named;
  /** Files that were read to find out, this one included. */
  readonly touched: ReadonlySet<string>;
}

/**
 * The class of a method unit as that unit sees it: no bodies of its methods.
 *
 * @throws VibesafeTypeError when one of its names does not resolve
 */
export function ownClassInfo(workspace: Workspace, target: CodeTarget, method: { readonly name: string; readonly isStatic: boolean }): DeclarationInfo {
  const module = workspace.module(target.file);
  const shapes = module?.declarations.get(target.name)?.map((one) => (isClass(one.node) ? { ...one, node: classShape(one.node, method) } : one)) ?? [];
  const touched = new Set([target.file]);
  const nodes = shapes.map(({ node }) => node);
  const code = shapes.map(canonical).join("\n");
  const names = module === undefined ? new Map() : namesIn({ workspace, touched }, module, nodes);
  return {
    file: target.file,
    line: module?.lineOf(shapes[0]?.span.start ?? 0) ?? 1,
    code,
    text: code,
    names: new Map([...names].filter(([key]) => key !== target.name)),
    touched,
  };
}

const infos = perWorkspace(() => new Map<string, DeclarationInfo>());

/** Reads a declaration, once a workspace. @throws VibesafeTypeError when one of its names does not resolve */
export function declarationInfo(workspace: Workspace, target: CodeTarget): DeclarationInfo {
  const known = infos(workspace);
  const key = `${target.file}\0${target.name}`;
  let info = known.get(key);
  if (info === undefined) known.set(key, (info = readInfo(workspace, target)));
  return info;
}

function readInfo(workspace: Workspace, target: CodeTarget): DeclarationInfo {
  const { file, name } = target;
  const touched = new Set([file]);
  if (target.kind === "data") {
    const code = dataCode(workspace, file, name);
    return { file, line: 1, code, text: code, names: new Map(), touched };
  }
  const module = workspace.module(file);
  if (module === undefined) throw new VibesafeTypeError(`${file}: vanished while it was read`, { remedy: "run the command again" });
  const lookup: Lookup = { workspace, touched };
  if (name === "*") return { file, line: 1, ...wholeModule(lookup, module), touched };
  const declarations = module.declarations.get(name) ?? module.globals.get(name) ?? [];
  const changes = changesOf(module, name, declarations[0]?.kind ?? "const");
  const nodes = [...declarations.map(({ node }) => node), ...changes];
  const spans = [...declarations.map(({ span }) => span), ...changes.map(({ start, end }) => ({ start, end }))];
  const names = new Map([...namesIn(lookup, module, nodes)].filter(([key]) => key !== name));
  return {
    file,
    line: module.lineOf(declarations[0]?.span.start ?? 0),
    code: [...declarations.map(canonical), ...changes.map(printCanonical)].join("\n"),
    // For prompts alone; it takes the comments.
    get text() {
      return textOf(workspace, file, spans);
    },
    names,
    touched,
  };
}

/** Not from the tree at hand, which is not to be kept for it. */
function textOf(workspace: Workspace, file: string, spans: readonly Span[]): string {
  const module = workspace.module(file);
  return module === undefined ? "" : [...new Set(spans.map((span) => asWritten(module, span)))].join("\n\n");
}

/** The whole of a module: of ECMAScript what it exports, of CommonJS the program, whose exports cannot be told apart. */
function wholeModule(lookup: Lookup, module: Module): Pick<DeclarationInfo, "code" | "text" | "names"> {
  if (isCommonJs(module)) {
    return { code: printCanonical(module.program), text: module.source, names: namesIn(lookup, module, [module.program]) };
  }
  const names = exportsOf(lookup, module);
  return { code: `export { ${[...names.keys()].sort().join(", ")} };`, text: "", names };
}

function canonical({ kind, node }: Declaration): string {
  return node.type === "VariableDeclarator" ? `${kind} ${printCanonical(node)};` : printCanonical(node);
}

/** As the author wrote it, with the comments directly above. */
function asWritten(module: Module, { start, end }: Span): string {
  let from = start;
  for (const comment of module.comments.toReversed()) {
    // One blank line parts a comment from what it does not describe.
    if (comment.end <= from && /^[ \t]*(?:\r\n?|\n)?[ \t]*$/.test(module.source.slice(comment.end, from))) from = comment.start;
  }
  return module.source.slice(from, end).replaceAll(/\r\n?/g, "\n");
}
