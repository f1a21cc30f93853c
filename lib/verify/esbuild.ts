/**
 * The one door to esbuild: loaded when the first bundle is built.
 *
 * @module
 */

import { VibesafeConfigError } from "../errors.ts";

export type { BuildOptions, BuildResult, Message, OnLoadResult, OutputFile, Plugin, PluginBuild } from "esbuild";

type Esbuild = typeof import("esbuild");

export async function loadEsbuild(): Promise<Esbuild> {
  try {
    return await import("esbuild");
  } catch (cause) {
    throw new VibesafeConfigError(`esbuild cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
      remedy: "install vibesafe again: npm install vibesafe",
    });
  }
}
