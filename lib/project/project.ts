/**
 * A project: its root folder and its configuration.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { VibesafeConfigError } from "../errors.ts";
import { readConfig, type Config, type ProviderConfig } from "./config.ts";
import { nearest } from "./nearest.ts";
import { CONFIG_FILE, findProjectRoot } from "./root.ts";

export { CONFIG_FILE, findProjectRoot };

export interface Project {
  /** Absolute path of the folder that holds `vibesafe.toml`; no trailing separator, symbolic links resolved. */
  readonly root: string;
  readonly config: Config;
  /** Absolute path of the store. */
  readonly storeDir: string;
}

/**
 * Opens the project that `from` lies in.
 *
 * @throws VibesafeConfigError when there is no `vibesafe.toml` upward of `from`, or it is wrong
 */
export function openProject(from: string): Project {
  const root = findProjectRoot(from);
  if (root === undefined) {
    throw new VibesafeConfigError(`no ${CONFIG_FILE} in ${resolve(from)} or any folder above it`, { remedy: "run `vibe init`" });
  }
  const config = readConfig(join(root, CONFIG_FILE), CONFIG_FILE);
  return { root, config, storeDir: resolve(root, config.paths.store) };
}

/**
 * The provider of that name, `default` if none is given.
 *
 * @throws VibesafeConfigError when `vibesafe.toml` does not define it
 */
export function providerNamed(project: Project, name: string = "default"): ProviderConfig {
  const provider = project.config.providers.get(name);
  if (provider !== undefined) return provider;
  const known = [...project.config.providers.keys()];
  throw new VibesafeConfigError(`${CONFIG_FILE}: no provider "${name}"`, {
    remedy: known.length === 0 ? `add a [provider.${name}] table` : `did you mean "${nearest(name, known)[0] ?? ""}"?`,
  });
}
