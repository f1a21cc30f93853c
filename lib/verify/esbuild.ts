/**
 * The one door to esbuild: loaded when the first bundle is built.
 *
 * @module
 */

import type * as esbuild from "esbuild";
import { VibesafeConfigError } from "../errors.ts";

export type { BuildOptions, BuildResult, Message, OnLoadResult, OutputFile, Plugin, PluginBuild } from "esbuild";

export async function loadEsbuild(): Promise<typeof esbuild> {
  try {
    return await import("esbuild");
  } catch (cause) {
    throw new VibesafeConfigError(`esbuild cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
      remedy: "install vibesafe again: npm install vibesafe",
    });
  }
}
