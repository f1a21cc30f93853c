/**
 * The gate `types`: one run of tsc over all units, under the user's own settings.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, parse, relative, resolve, sep } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { VibesafeConfigError } from "../errors.ts";
import type { Spec } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import { toolVersion } from "./gate-key.ts";
import type { Overlay } from "./overlay.ts";
import { runTool } from "./tools.ts";
import { parseDiagnostics, type Diagnostic } from "./tsc-output.ts";
import type { GateDetail, GateResult, GateSubject } from "./types.ts";
import type { Checked, WrittenModules } from "./written-modules.ts";

/** About examples: unused names, code behind a call that never returns. */
const HARMLESS_IN_EXAMPLES = new Set(["TS6133", "TS6192", "TS6196", "TS6198", "TS6199", "TS6205", "TS7027"]);

/** @param written - of these subjects, in `overlay` */
export async function runTypes(workspace: Workspace, subjects: readonly GateSubject[], overlay: Overlay, written: WrittenModules, signal?: AbortSignal): Promise<GateResult[]> {
  const begun = performance.now();
  const { owners, groups } = written;
  const details = new Map(written.details);
  // The sandbox's children run meanwhile: with two cores, threads of its own cost tsc a quarter more and end no sooner.
  const threads = availableParallelism() > 2 ? [] : ["--singleThreaded"];
  let number = 0;
  for (const [config, all] of groups) {
    const paths = await ownPaths(workspace, config, signal);
    // Where one file has a syntax error, tsc checks no types at all: such units are set aside, and the rest is checked again.
    for (let files: readonly string[] = all; files.length > 0; ) {
      const project = overlay.write(`tsconfig.${number++}.json`, tsconfigText(workspace, overlay, config, files, paths));
      const run = await runTool({ name: "typescript", program: "bin/tsc", args: ["-p", project, "--pretty", "false", ...threads], cwd: workspace.project.root, signal });
      if (run === undefined) return subjects.map(() => missing("types", "tsc", "typescript"));
      const diagnostics = parseDiagnostics(run.output, workspace.project.root);
      if (run.code !== 0 && diagnostics.length === 0) throw configError(workspace, config, (run.errors || run.output).trim());
      const fatal = diagnostics.find(({ path }) => path === undefined || /tsconfig[^/\\]*\.json$/.test(path));
      if (fatal !== undefined) throw configError(workspace, config, fatal.text);
      const aside = new Set(diagnostics.flatMap(({ code, path = "" }) => (isSyntactic(code) ? (owners.get(path)?.index ?? []) : [])));
      for (const diagnostic of diagnostics) {
        const owner = owners.get(diagnostic.path ?? "");
        if (owner === undefined || (aside.size > 0 && !aside.has(owner.index))) continue;
        const detail = detailOf(workspace, subjects[owner.index]?.hashed.spec, owner, diagnostic, overlay);
        if (detail !== undefined) details.set(owner.index, [...(details.get(owner.index) ?? []), detail]);
      }
      files = aside.size === 0 ? [] : files.filter((file) => !aside.has(owners.get(file)?.index ?? -1));
    }
  }
  const durationMs = Math.round((performance.now() - begun) / Math.max(1, subjects.length));
  return subjects.map(({ hashed: { spec } }, index) => {
    const found = details.get(index) ?? [];
    const fine: GateDetail = { title: `${spec.name} has the declared type`, passed: true };
    return { name: "types", passed: found.length === 0, tool: "tsc", version: toolVersion("typescript") ?? "", durationMs, details: found.length === 0 ? [fine] : found };
  });
}

/** Whether the diagnostic is one of the parser's (TS1000 to TS1999). */
function isSyntactic(code: string): boolean {
  return /^TS1\d{3}$/.test(code);
}

/** The result where a checker is missing: a failure, never a skip. */
export function missing(name: "types" | "lint", tool: string, packageName: string): GateResult {
  const message = `${packageName} is not installed: run \`npm install\`, or install vibesafe again`;
  return { name, passed: false, tool, version: "", durationMs: 0, details: [{ title: `${tool} runs`, passed: false, message }] };
}

function detailOf(workspace: Workspace, spec: Spec | undefined, owner: Checked, diagnostic: Diagnostic, overlay: Overlay): GateDetail | undefined {
  const message = withoutPaths(diagnostic.text, workspace, overlay);
  if (spec === undefined) return undefined;
  if (owner.lines === undefined) {
    const code = owner.impl.split("\n")[diagnostic.line - 1]?.trim() ?? "";
    return { title: `impl.ts:${diagnostic.line}: ${diagnostic.code}`, passed: false, message: `impl.ts:${diagnostic.line}:${diagnostic.column}: ${message}${code === "" ? "" : `\n    ${code}`}` };
  }
  const stands = owner.lines[diagnostic.line - 1];
  if (stands?.kind === "statement") {
    if (HARMLESS_IN_EXAMPLES.has(diagnostic.code)) return undefined;
    return { title: `${spec.file}:${stands.line}: ${diagnostic.code}`, passed: false, message: `${spec.file}:${stands.line}: in an example: ${message}` };
  }
  if (stands?.kind === "declared") return { title: `${spec.name} has the declared type`, passed: false, message: `impl.ts: ${spec.name} does not have the type that the spec declares: ${message}` };
  if (stands?.kind === "loose") return { title: `${spec.name} has the declared type`, passed: false, message: `impl.ts: the result of ${spec.name} has \`any\` in its type, where the spec declares a type` };
  if (stands?.kind === "any") return { title: `${spec.name} has a declared type`, passed: false, message: `${spec.file}:${spec.line}: the type checker sees \`any\` as the type of ${spec.name}; does "vibesafe" resolve there?` };
  if (HARMLESS_IN_EXAMPLES.has(diagnostic.code)) return undefined;
  return { title: `${spec.name}: ${diagnostic.code}`, passed: false, message };
}

/** The message with the overlay's paths told as the project's. */
function withoutPaths(text: string, { project }: Workspace, overlay: Overlay): string {
  const posix = (path: string): string => path.split(sep).join("/");
  let plain = text;
  for (const folder of [join(overlay.folder, "impl"), join(overlay.folder, "check"), overlay.folder, project.root]) {
    plain = plain.replaceAll(`${posix(folder)}/`, "").replaceAll(`${posix(relative(project.root, folder)) || "."}/`, "");
  }
  return plain.replaceAll(/[\w./-]*\.\d+\.impl\b(?:\.tsx?)?/g, "impl.ts");
}

function tsconfigText({ project }: Workspace, overlay: Overlay, config: string | undefined, files: readonly string[], paths: Paths | undefined): string {
  const base = config === undefined ? DEFAULTS : {};
  return `${JSON.stringify(
    {
      ...(config !== undefined && { extends: join(project.root, config) }),
      compilerOptions: {
        ...base,
        ...(paths !== undefined && { paths }),
        noEmit: true,
        allowImportingTsExtensions: true,
        skipLibCheck: true,
        composite: false,
        incremental: false,
        declaration: false,
        declarationMap: false,
        emitDeclarationOnly: false,
        isolatedDeclarations: false,
        tsBuildInfoFile: null,
        declarationDir: null,
        // Theirs would not hold the overlay, and the default is the overlay alone.
        rootDir: parse(project.root).root,
        rootDirs: [join(overlay.folder, "impl"), join(overlay.folder, "check"), project.root],
      },
      include: [],
      files,
    },
    undefined,
    2,
  )}\n`;
}

/** For projects without a tsconfig; `dom` brings the types of the universal globals. */
const DEFAULTS = { strict: true, target: "es2023", lib: ["es2023", "dom", "dom.iterable"], module: "nodenext", types: [] };

type Paths = Readonly<Record<string, readonly string[]>>;

/**
 * `paths` that add our own types to the user's, where the project cannot resolve "vibesafe" by itself (ours, or one that runs a
 * vibesafe from elsewhere); undefined where it can.
 */
async function ownPaths({ project: { root } }: Workspace, config: string | undefined, signal: AbortSignal | undefined): Promise<Paths | undefined> {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules", "vibesafe", "package.json"))) return undefined;
    if (dirname(folder) === folder) break;
  }
  const theirs = config === undefined ? {} : await pathsOf(root, config, signal);
  if ("vibesafe" in theirs) return undefined;
  const own = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../index.ts" : "../index.d.ts", import.meta.url));
  return { ...theirs, vibesafe: [own] };
}

/** Effective `paths` of a tsconfig, absolute. tsc itself says what they are: an `extends` may lead into packages. */
async function pathsOf(root: string, config: string, signal: AbortSignal | undefined): Promise<Paths> {
  const run = await runTool({ name: "typescript", program: "bin/tsc", args: ["-p", config, "--showConfig"], cwd: root, signal });
  // A broken tsconfig is told by the check itself.
  if (run === undefined || run.code !== 0) return {};
  const shown = JSON.parse(run.output) as { readonly compilerOptions?: { readonly paths?: Paths } };
  const paths = Object.entries(shown.compilerOptions?.paths ?? {});
  return Object.fromEntries(paths.map(([name, targets]) => [name, targets.map((target) => resolve(root, dirname(config), target))]));
}

function configError({ project }: Workspace, config: string | undefined, text: string): VibesafeConfigError {
  const plain = text.replaceAll(`${project.root}${sep}`, "").split("\n")[0] ?? "";
  return new VibesafeConfigError(`tsc cannot check the project${config === undefined ? "" : ` with ${config}`}: ${plain}`, {
    remedy: `run \`npx tsc -p ${config ?? "tsconfig.json"} --noEmit\` and mend what it says`,
  });
}

