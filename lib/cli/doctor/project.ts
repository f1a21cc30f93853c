/**
 * `vibe doctor` on the project: its settings, providers and store.
 *
 * @module
 */

import { VibesafeError } from "../../errors.ts";
import { keyVariable } from "../../generate/providers/openai-compatible.ts";
import { repositoryConfigOf } from "../../history/git-folder.ts";
import { effectiveMode } from "../../project/mode.ts";
import type { Project } from "../../project/project.ts";
import { fsck } from "../../store/fsck.ts";
import type { Context } from "../context.ts";
import { count } from "../text.ts";
import type { Check } from "./check.ts";

export function projectChecks(context: Context, project: Project): Check[] {
  const { mode, source } = effectiveMode(project, context.io.env);
  return [
    { name: "project", status: "ok", detail: project.root },
    { name: "mode", status: "ok", detail: `${mode} (${source})` },
    ...providerChecks(context, project),
    storeCheck(context),
  ];
}

function providerChecks({ io }: Context, { config }: Project): Check[] {
  if (config.providers.size === 0) return [{ name: "provider", status: "warn", detail: "none: nothing can be compiled", remedy: "add a [provider.default] table to vibesafe.toml" }];
  return [...config.providers.values()].map((provider): Check => {
    const name = `provider ${provider.name}`;
    const detail = `${provider.kind}${provider.model === provider.kind ? "" : `, ${provider.model}`}`;
    const variable = keyVariable(provider);
    if (variable === undefined) return { name, status: "ok", detail };
    // That there is one is all that is told of a key.
    if ((io.env[variable] ?? "") !== "") return { name, status: "ok", detail: `${detail}, ${variable} is set` };
    return { name, status: "warn", detail: `${detail}, ${variable} is not set`, remedy: `set ${variable} to the key before \`vibe compile\`` };
  });
}

function storeCheck(context: Context): Check {
  try {
    const store = context.store();
    if (store === undefined) return { name: "store", status: "ok", detail: "none yet; the first compile makes it" };
    const { ok, objects, problems } = fsck(store, { inWorkingTree: repositoryConfigOf(context.project().root) !== undefined });
    if (ok) return { name: "store", status: "ok", detail: `${count(objects, "object")}, nothing damaged` };
    return { name: "store", status: "fail", detail: `${count(problems.length, "problem")} in ${count(objects, "object")}`, remedy: "run `vibe fsck`" };
  } catch (error) {
    if (!(error instanceof VibesafeError)) throw error;
    return { name: "store", status: "fail", detail: error.message, remedy: error.remedy };
  }
}
