/**
 * Stores that share through a host, with saves that are saves but ran no gate.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Identities } from "../../lib/history/identity.ts";
import { moveRefs } from "../../lib/history/operations.ts";
import { encodeSaveTree, formatSaveMessage } from "../../lib/spec/checkpoint.ts";
import type { UnitId } from "../../lib/spec/types.ts";
import { parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import { formatCommit, type Identity } from "../../lib/store/commit.ts";
import { hashObject, type CommitId } from "../../lib/store/id.ts";
import { initStore } from "../../lib/store/init.ts";
import { readRef } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { writeObjects } from "../../lib/store/write.ts";
import type { SyncContext } from "../../lib/sync/connect.ts";
import { addRemote, remoteNamed } from "../../lib/sync/remotes.ts";
import { PARTS } from "../spec/saves.ts";
import { WHO, git } from "../store/git.ts";
import { tempDir } from "../temp.ts";

type Test = { after(cleanUp: () => void): void };

export const ENV: Readonly<Record<string, string | undefined>> = { PATH: process.env["PATH"], HOME: "/nonexistent", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_TERMINAL_PROMPT: "0" };

export const FORMATS = ["sha1", "sha256"] as const;

/** A bare repository of git's own, which looks closely at what it is given. */
export function newHost(t: Test, format: (typeof FORMATS)[number] = "sha1", name: string = "host.git"): string {
  const dir = join(tempDir(t), name);
  mkdirSync(dir);
  execFileSync("git", ["init", "-q", "--bare", `--object-format=${format}`, dir], { env: { ...ENV } });
  for (const [key, value] of [["receive.fsckObjects", "true"], ["http.receivepack", "true"], ["gc.auto", "0"], ["receive.autogc", "false"]] as const) git(dir, ["config", key, value]);
  return dir;
}

/** A store whose remote `origin` is `url`. */
export function newPeer(t: Test, url: string): Store {
  const root = tempDir(t);
  const store = initStore(join(root, ".vibesafe"));
  addRemote(store, "origin", url, { root, folder: root });
  return store;
}

export function contextOf(store: Store, who: Identity = WHO, more: Partial<SyncContext> = {}): SyncContext {
  return { store, remote: remoteNamed(store), root: join(store.dir, ".."), env: ENV, who, command: "vibe sync", ...more };
}

/** The same store as another process sees it: nothing remembered. */
export function reopened(store: Store): Store {
  return openStore(store.dir);
}

export function person(name: string, seconds: number = WHO.seconds): Identity {
  return { name, email: `${name.toLowerCase()}@example.com`, seconds, offsetMinutes: 60 };
}

export function identitiesOf(who: Identity): Identities {
  return { author: who, committer: who };
}

/** What `vibe save` would write and move, by its own encoders. @param code - two saves of the same code have the same checkpoint */
export function save(store: Store, unit: string, code: string, who: Identity = WHO): CommitId {
  const id = parseUnitId(unit);
  const active = readRef(store, unitRef(id));
  const commit = writeUnitSave(store, id, { code, who, parents: active === undefined ? [] : [active] });
  moveRefs(store, [{ name: unitRef(id), expected: active ?? null, to: commit }], { who, command: `save ${unit}` });
  return commit;
}

export function writeUnitSave(store: Store, unit: UnitId, { code, who, parents }: { readonly code: string; readonly who: Identity; readonly parents: readonly CommitId[] }): CommitId {
  const impl = `export function f(): string {\n  return ${JSON.stringify(code)};\n}\n`;
  const { treeId, checkpointHash, objects } = encodeSaveTree({ ...PARTS, impl, prompt: `Write ${unit}.\n` });
  const trailers = { unit, specHash: hashObject("blob", PARTS.spec), checkpointHash };
  const commit = formatCommit({ tree: treeId, parents, author: who, committer: who, message: formatSaveMessage(`save: ${code.slice(0, 40)}`, trailers) });
  return writeObjects(store, [...objects, { type: "commit", payload: commit }]).at(-1) as CommitId;
}
