/**
 * The gate `lint`: one run of oxlint over all generated modules, with the user's configuration if there is one.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { VibesafeConfigError } from "../errors.ts";
import type { Workspace } from "../spec/workspace.ts";
import { unitFiles } from "./check-file.ts";
import { toolVersion } from "./gate-key.ts";
import { LINT_CONFIGS } from "./gate-key.ts";
import type { Overlay } from "./overlay.ts";
import { jsonObjectIn } from "./tool-json.ts";
import { runTool } from "./tools.ts";
import { missing } from "./types-gate.ts";
import type { GateDetail, GateResult, GateSubject } from "./types.ts";

/** For projects without a configuration of their own. */
const DEFAULTS = {
  plugins: ["typescript", "oxc", "unicorn"],
  categories: { correctness: "error" },
  rules: {
    "no-eval": "error",
    "no-new-func": "error",
    "no-debugger": "error",
    // The declared signature may have parameters that an implementation does not need.
    "no-unused-vars": "warn",
    "typescript/ban-ts-comment": "error",
  },
};

interface OxlintDiagnostic {
  readonly message: string;
  readonly code?: string;
  readonly severity: string;
  readonly help?: string;
  readonly filename: string;
  readonly labels?: readonly { readonly span?: { readonly line?: number; readonly column?: number } }[];
}

/** @param overlay - holds the generated modules in `impl/` */
export async function runLint(workspace: Workspace, subjects: readonly GateSubject[], overlay: Overlay, signal?: AbortSignal): Promise<GateResult[]> {
  const begun = performance.now();
  const { root } = workspace.project;
  const own = LINT_CONFIGS.find((name) => existsSync(join(root, name)));
  const config = writeConfig(overlay, own === undefined ? undefined : join(root, own));
  const files = subjects.map(({ hashed }, index) => join(overlay.folder, "impl", unitFiles(hashed.spec, index).impl));
  // File by file: of a folder oxlint skips what the store's own .gitignore names, whatever its options.
  const args = ["--format", "json", "--no-ignore", "--disable-nested-config", "-c", config, ...files];
  const run = await runTool({ name: "oxlint", program: "bin/oxlint", args, cwd: root, signal });
  if (run === undefined) return subjects.map(() => missing("lint", "oxlint", "oxlint"));
  const diagnostics = parseOutput(run.output);
  if (diagnostics === undefined) {
    const plain = (run.output + run.errors).replaceAll(`${root}${sep}`, "").trim();
    throw new VibesafeConfigError(`oxlint cannot run${own === undefined ? "" : ` with ${own}`}: ${plain.split("\n").slice(0, 4).join(" ")}`, {
      remedy: own === undefined ? "run `npx oxlint --version`; reinstall vibesafe if that fails" : `run \`npx oxlint -c ${own}\` and mend what it says`,
    });
  }
  const owners = new Map(files.map((file, index) => [file, index]));
  const details = new Map<number, GateDetail[]>();
  for (const diagnostic of diagnostics) {
    const index = owners.get(resolve(root, diagnostic.filename));
    if (index === undefined || diagnostic.severity !== "error") continue;
    details.set(index, [...(details.get(index) ?? []), detailOf(diagnostic, subjects[index]?.impl ?? "")]);
  }
  const durationMs = Math.round((performance.now() - begun) / Math.max(1, subjects.length));
  return subjects.map((_, index) => {
    const found = details.get(index) ?? [{ title: "impl.ts has no lint error", passed: true }];
    return { name: "lint", passed: !details.has(index), tool: "oxlint", version: toolVersion("oxlint") ?? "", durationMs, details: found };
  });
}

/** Extends the user's configuration instead of naming it: their ignore patterns may name the store, in which the overlay lies. */
function writeConfig(overlay: Overlay, own: string | undefined): string {
  if (own?.endsWith(".ts") === true) {
    // oxlint takes this name alone for a configuration in TypeScript.
    return overlay.write("oxlint.config.ts", `import own from ${JSON.stringify(pathToFileURL(own).href)};\nexport default { ...own, ignorePatterns: [] };\n`);
  }
  return overlay.write("oxlintrc.json", `${JSON.stringify(own === undefined ? DEFAULTS : { extends: [own] }, undefined, 2)}\n`);
}

function detailOf({ message, code = "error", help, labels }: OxlintDiagnostic, impl: string): GateDetail {
  const { line = 1, column = 1 } = labels?.[0]?.span ?? {};
  const source = impl.split("\n")[line - 1]?.trim() ?? "";
  return {
    title: `impl.ts:${line}: ${code}`,
    passed: false,
    message: [`impl.ts:${line}:${column}: ${code}: ${message}`, ...(source === "" ? [] : [`    ${source}`]), ...(help === undefined ? [] : [help])].join("\n"),
  };
}

function parseOutput(output: string): readonly OxlintDiagnostic[] | undefined {
  // Where it is no JSON, oxlint says in words that it cannot run.
  const parsed = jsonObjectIn(output);
  if (parsed === undefined || !("diagnostics" in parsed) || !Array.isArray(parsed.diagnostics)) return undefined;
  return parsed.diagnostics as readonly OxlintDiagnostic[];
}
