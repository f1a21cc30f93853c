/**
 * From configuration to a provider.
 *
 * @module
 */

import type { ProviderConfig } from "../../project/config.ts";
import type { Project } from "../../project/project.ts";
import { createCommandProvider } from "./command.ts";
import { createOpenAiProvider } from "./openai-compatible.ts";
import type { Provider } from "./provider.ts";
import { createReplayProvider } from "./replay.ts";

const KINDS = {
  replay: createReplayProvider,
  command: createCommandProvider,
  "openai-compatible": createOpenAiProvider,
} satisfies Record<ProviderConfig["kind"], (project: Project, config: ProviderConfig) => Provider>;

/** The provider that `config` describes. Nothing is loaded, started or asked before its first completion. */
export function createProvider(project: Project, config: ProviderConfig): Provider {
  return KINDS[config.kind](project, config);
}
