/**
 * Recorded replies: answers that lie in files, for examples, tests and demonstrations. Needs no key and no network.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { VibesafeProviderError } from "../../errors.ts";
import type { ProviderConfig } from "../../project/config.ts";
import type { Project } from "../../project/project.ts";
import type { UnitId } from "../../spec/types.ts";
import { encodeRefComponent } from "../../store/ref-name.ts";
import { decodeUtf8, type Provider } from "./provider.ts";

/**
 * Path of the recorded reply, POSIX, from the project root: `replies/<module.path>/<name>.md`, then `<name>.2.md`, `<name>.3.md`.
 *
 * Names are encoded as in refs, so none leaves the folder.
 */
export function replyPath(config: ProviderConfig, unit: UnitId, attempt: number): string {
  const slash = unit.lastIndexOf("/");
  const name = encodeRefComponent(unit.slice(slash + 1));
  return `${config.replies}/${encodeRefComponent(unit.slice(0, slash))}/${name}${attempt > 1 ? `.${attempt}` : ""}.md`;
}

export function createReplayProvider(project: Project, config: ProviderConfig): Provider {
  return {
    complete({ unit, attempt, signal }) {
      return new Promise((fulfil) => {
        signal?.throwIfAborted();
        const path = replyPath(config, unit, attempt);
        fulfil({ text: readReply(project, path, unit, attempt), model: config.model, finishReason: "stop" });
      });
    },
  };
}

function readReply(project: Project, path: string, unit: UnitId, attempt: number): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(resolve(project.root, join(path)));
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause)) throw cause;
    const found = cause.code === "ENOENT" ? "no recorded reply" : `cannot read the recorded reply (${String(cause.code)})`;
    throw new VibesafeProviderError(`${unit}: ${found} for attempt ${attempt}: ${path}`, {
      cause,
      unit,
      failure: "missing",
      remedy: `write the reply to ${path}, or configure another provider in vibesafe.toml`,
    });
  }
  const text = decodeUtf8(bytes);
  if (text !== undefined) return text;
  throw new VibesafeProviderError(`${unit}: ${path} is not UTF-8`, { unit, failure: "malformed", remedy: `save ${path} as UTF-8` });
}
