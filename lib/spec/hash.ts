/**
 * H_spec: the id of everything that a unit's meaning depends on.
 *
 * @module
 */

import { VibesafeTypeError } from "../errors.ts";
import type { ProviderConfig } from "../project/config.ts";
import { CONFIG_FILE, providerNamed, type Project } from "../project/project.ts";
import { hashObject, type BlobId } from "../store/id.ts";
import { VERSION } from "../version.ts";
import { encodeSpecMap } from "./checkpoint/spec.ts";
import { readMaterials } from "./deps/materials.ts";
import { collectDependencies, type Collected } from "./deps.ts";
import { httpMapOf } from "./http.ts";
import { perWorkspace } from "./per-workspace.ts";
import { readTemplate, type Template } from "./template.ts";
import type { HashedSpec, Material, Spec, SpecMap } from "./types.ts";
import { fromRoot, type Workspace } from "./workspace.ts";

export { readTemplate, templatePath, type Template } from "./template.ts";

/**
 * Hashes a spec with all that it names.
 *
 * @throws VibesafeTypeError when something that it names does not resolve
 * @throws VibesafeConfigError when its provider or its template is not there
 */
export function hashSpec(workspace: Workspace, spec: Spec): HashedSpec {
  return hashWithSources(workspace, spec).hashed;
}

export interface HashWithSources {
  readonly hashed: HashedSpec;
  /** Files that were read, the spec's own included; POSIX paths from the root. */
  readonly files: readonly string[];
  readonly templateId: BlobId;
}

/** Like `hashSpec`, with what apart from the configuration and the template the hash rests on. */
export function hashWithSources(workspace: Workspace, spec: Spec): HashWithSources {
  const { project } = workspace;
  const collected = dependencies(workspace, spec);
  const { deps, files } = collected;
  const template = templateOf(workspace, spec);
  const http = httpMapOf(workspace, spec);
  const map: SpecMap = {
    format: 1,
    vibesafe: VERSION,
    kind: spec.kind,
    name: spec.name,
    signature: spec.signature,
    doc: spec.doc,
    body: spec.body,
    options: { allow: [...new Set([...project.config.policy.allow, ...spec.options.allow])].sort() },
    template: template.id,
    provider: providerMap(effectiveProvider(project, spec)),
    deps,
    ...(http !== undefined && { http }),
  };
  const bytes = encodeSpecMap(map);
  // Most hashes are only compared: what a prompt or a commit needs besides is worked out when it is asked for.
  let materials: readonly Material[] | undefined;
  const hashed: HashedSpec = {
    spec,
    map,
    bytes,
    specHash: hashObject("blob", bytes),
    get materials() {
      return (materials ??= allMaterials(workspace, template, files));
    },
    get sources() {
      return collected.sources;
    },
  };
  return { hashed, files, templateId: template.id };
}

/**
 * The provider that generates `spec`: the one its options name, else `default`, with the model that its options name.
 *
 * @throws VibesafeConfigError when there is no such provider
 */
export function effectiveProvider(project: Project, spec: Spec): ProviderConfig {
  const provider = providerNamed(project, spec.options.provider);
  return spec.options.model === undefined ? provider : { ...provider, model: spec.options.model };
}

/** Of a provider what changes its answer: no time limit, key, address, command or folder. */
function providerMap(provider: ProviderConfig): SpecMap["provider"] {
  const { kind, model, temperature, seed, max_tokens, reasoning_effort } = provider;
  return {
    kind,
    model,
    temperature: temperature === undefined ? null : String(temperature),
    seed: seed ?? null,
    max_tokens: max_tokens ?? null,
    reasoning_effort: reasoning_effort ?? null,
  };
}

/** Names the unit in the error where what failed was found in a file that many units share. */
function dependencies(workspace: Workspace, spec: Spec): Collected {
  try {
    return collectDependencies(workspace, spec);
  } catch (error) {
    if (!(error instanceof VibesafeTypeError) || error.unit !== undefined) throw error;
    throw new VibesafeTypeError(error.message, { unit: spec.id, remedy: error.remedy, cause: error });
  }
}

const templates = perWorkspace(() => new Map<string, Template>());

/** The template of `spec`; read once a workspace, as all sources are. */
function templateOf(workspace: Workspace, spec: Spec): Template {
  const known = templates(workspace);
  const key = `${spec.kind} ${spec.options.template ?? ""}`;
  let template = known.get(key);
  if (template === undefined) known.set(key, (template = readTemplate(workspace.project, spec)));
  return template;
}

function allMaterials(workspace: Workspace, template: Template, files: readonly string[]): Material[] {
  const { project } = workspace;
  // The template that comes with vibesafe is named by the version of vibesafe.
  const own = template.packaged ? [] : [fromRoot(project, template.path)];
  return readMaterials(workspace, [...files, CONFIG_FILE, ...own]);
}
