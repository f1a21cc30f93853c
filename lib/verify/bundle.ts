/**
 * One script a unit: its examples, the generated module beside the spec's file, and whatever they import. Nothing of it runs here.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { isBuiltin } from "node:module";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import type { UnitId } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import { bundlePlugin, type Virtual } from "./bundle-plugin.ts";
import { builtinName, isLendable } from "./builtins.ts";
import { instrument, type Branch } from "./coverage.ts";
import { languageOf, makeEntry, virtualExtension } from "./entry.ts";
import { loadEsbuild, type BuildResult, type Message } from "./esbuild.ts";
import type { StepPlan } from "./sandbox/protocol.ts";
import type { GateSubject } from "./types.ts";

export interface Bundle {
  /** Function expression over `hook`, `lock`, `require` and `fc`. */
  readonly code: string;
  readonly map: string;
  readonly plans: readonly StepPlan[];
  /** Branches of the generated code, in the order of their counters; none where they are not counted. */
  readonly branches: readonly Branch[];
  /** Modules of node to lend. */
  readonly lent: readonly string[];
}

/** Why there is no bundle, as lines of text. */
export interface BundleFailure {
  readonly problems: readonly { readonly where: string; readonly text: string }[];
}

export interface BundleOptions {
  readonly implementations: (unit: UnitId) => string | undefined;
  /** Whether reached branches are counted; as the configuration says if not given. */
  readonly counts?: boolean;
}

/** Line of the wrapper in front of the bundled code, so that line numbers of the source map need no shift. */
const OPEN = (secret: string, counters: number): string =>
  `(function (hook$${secret}, lock$${secret}, require, fc$${secret}) { "use strict"; const hits$${secret} = new Uint8Array(${counters});`;

/** Bundles all subjects with one call of esbuild where nothing is wrong; results in their order. */
export async function bundleSubjects(workspace: Workspace, subjects: readonly GateSubject[], options: BundleOptions): Promise<(Bundle | BundleFailure)[]> {
  const secret = randomBytes(12).toString("hex");
  const results = new Map<number, Bundle | BundleFailure>();
  let open = subjects.map((_, i) => i);
  const broken = new Set<UnitId>();
  const virtual = prepare(workspace, subjects, secret, options.counts ?? workspace.project.config.gates.coverage !== "off");
  while (open.length > 0) {
    const outcome = await build(workspace, open, virtual, { ...options, implementations: (id) => (broken.has(id) ? undefined : options.implementations(id)) });
    if ("outputFiles" in outcome) {
      const outputs = indexOutputs(outcome);
      for (const i of open) results.set(i, bundleOf(outputs.get(`${i}.js`), outputs.get(`${i}.js.map`), i, virtual, secret));
      break;
    }
    // A fault is its owner's alone: the others are bundled again without it.
    const blamed = blame(workspace, outcome, virtual);
    for (const id of blamed.units) broken.add(id);
    const faulty = open.filter((i) => blamed.subjects.has(i));
    for (const i of faulty) results.set(i, { problems: blamed.subjects.get(i) ?? [] });
    if (faulty.length > 0) open = open.filter((i) => !faulty.includes(i));
    else if (blamed.units.length === 0) {
      if (open.length === 1) {
        for (const i of open) results.set(i, { problems: outcome.map((message) => describe(workspace, message)) });
        break;
      }
      // The fault lies in a file of the user's: find out whose bundles it is in.
      for (const i of open) {
        const one = subjects[i];
        if (one !== undefined) results.set(i, (await bundleSubjects(workspace, [one], options))[0] ?? { problems: [] });
      }
      break;
    }
  }
  return subjects.map((_, i) => results.get(i) ?? { problems: [] });
}

interface Prepared extends Virtual {
  readonly plans: ReadonlyMap<number, readonly StepPlan[]>;
  readonly branches: ReadonlyMap<number, readonly Branch[]>;
}

function prepare(workspace: Workspace, subjects: readonly GateSubject[], secret: string, counts: boolean): Prepared {
  const texts = new Map<string, string>();
  const owners = new Map<string, number>();
  const plans = new Map<number, readonly StepPlan[]>();
  const grants = new Map<number, ReadonlySet<string>>();
  const branches = new Map<number, readonly Branch[]>();
  subjects.forEach(({ hashed, impl }, i) => {
    const { spec, map } = hashed;
    const module = workspace.module(spec.file);
    if (module === undefined) return;
    const folder = join(workspace.project.root, dirname(spec.file));
    const extension = virtualExtension(spec);
    const stem = `${basename(spec.file, extname(spec.file))}.${spec.name}.vibesafe-${i}`;
    const implPath = join(folder, `${stem}.impl${extension}`);
    const entryPath = join(folder, `${stem}.entry${extension}`);
    const entry = makeEntry({ spec, module, impl, contract: map.http?.contract, implSpecifier: `./${stem}.impl${extension}`, secret });
    const counted = !counts ? { code: impl, branches: [] } : instrument(impl, languageOf(spec), `hits$${secret}`);
    branches.set(i, counted.branches);
    texts.set(implPath, counted.code);
    texts.set(entryPath, entry.code);
    owners.set(implPath, i);
    owners.set(entryPath, i);
    plans.set(i, entry.plans);
    grants.set(i, new Set([...module.imports.map(({ specifier }) => builtinName(specifier)), ...map.options.allow.map(builtinName)]));
  });
  return { secret, texts, owners, plans, branches, grants, entries: new Map([...owners].filter(([path]) => /\.entry\.tsx?$/.test(path)).map(([path, i]) => [i, path])), units: new Map() };
}

async function build(
  workspace: Workspace,
  open: readonly number[],
  virtual: Prepared,
  options: BundleOptions,
): Promise<BatchResult | readonly Message[]> {
  const esbuild = await loadEsbuild();
  const entryPoints = open.flatMap((i) => {
    const path = virtual.entries.get(i);
    return path === undefined ? [] : [{ in: path, out: String(i) }];
  });
  try {
    return await esbuild.build({
      entryPoints,
      absWorkingDir: workspace.project.root,
      bundle: true,
      write: false,
      metafile: true,
      outdir: outputFolder(workspace),
      format: "cjs",
      platform: "node",
      target: "node20",
      sourcemap: "external",
      sourcesContent: false,
      keepNames: true,
      charset: "utf8",
      legalComments: "none",
      logLevel: "silent",
      logLimit: 0,
      plugins: [bundlePlugin(workspace, virtual, options.implementations)],
    });
  } catch (error) {
    if (error instanceof Error && "errors" in error && Array.isArray(error.errors)) return error.errors as Message[];
    throw error;
  }
}

/** A name only: nothing is written there. */
function outputFolder({ project }: Workspace): string {
  return join(project.root, "vibesafe-bundle");
}

type BatchResult = BuildResult<{ write: false; metafile: true }>;
type Output = { readonly file: BatchResult["outputFiles"][number]; readonly imports: BatchResult["metafile"]["outputs"][string]["imports"] };

/** Outputs by file name. */
function indexOutputs({ outputFiles, metafile }: BatchResult): ReadonlyMap<string, Output> {
  const facts = new Map(Object.entries(metafile.outputs).map(([path, { imports }]) => [basename(path), imports]));
  return new Map(outputFiles.map((file) => [basename(file.path), { file, imports: facts.get(basename(file.path)) ?? [] }]));
}

function bundleOf(script: Output | undefined, map: Output | undefined, i: number, virtual: Prepared, secret: string): Bundle | BundleFailure {
  const plans = virtual.plans.get(i);
  if (script === undefined || map === undefined || plans === undefined) return { problems: [{ where: "", text: "esbuild gave no bundle" }] };
  const builtins = script.imports.filter(({ external, path }) => external === true && isBuiltin(path)).map(({ path }) => builtinName(path));
  const branches = virtual.branches.get(i) ?? [];
  return {
    code: `${OPEN(secret, branches.length)}${script.file.text}\n})`,
    // Only failures need it.
    get map() {
      return map.file.text;
    },
    plans,
    branches,
    lent: [...new Set(builtins)].filter(isLendable).sort(),
  };
}

interface Blame {
  readonly subjects: ReadonlyMap<number, readonly { where: string; text: string }[]>;
  /** Other units whose code does not build. */
  readonly units: readonly UnitId[];
}

function blame(workspace: Workspace, messages: readonly Message[], virtual: Prepared): Blame {
  const subjects = new Map<number, { where: string; text: string }[]>();
  const units: UnitId[] = [];
  for (const message of messages) {
    const path = message.location === null ? undefined : join(workspace.project.root, message.location.file);
    const owner = path === undefined ? undefined : virtual.owners.get(path);
    const unit = path === undefined ? undefined : virtual.units.get(path);
    if (owner !== undefined) subjects.set(owner, [...(subjects.get(owner) ?? []), describe(workspace, message)]);
    else if (unit !== undefined) units.push(unit);
  }
  return { subjects, units };
}

function describe({ project }: Workspace, { text, location }: Message): { where: string; text: string } {
  const plain = text.replaceAll(`${project.root}${sep}`, "");
  if (location === null) return { where: "", text: plain };
  const file = relative(project.root, join(project.root, location.file)).split(sep).join("/");
  const shown = /\.impl\.tsx?$/.test(file) ? "impl.ts" : /\.entry\.tsx?$/.test(file) ? "examples" : file;
  return { where: `${shown}:${location.line}`, text: plain };
}
