/**
 * Two people and a host that can be made to lie: what the tests of liars start from.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { VibesafeHashMismatch, VibesafeRemoteError } from "../../lib/errors.ts";
import { listRefs } from "../../lib/store/refs.ts";
import type { Store } from "../../lib/store/store.ts";
import type { Identity } from "../../lib/store/commit.ts";
import { packet } from "../../lib/sync/pkt-line.ts";
import { pullRemote } from "../../lib/sync/pull.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { git, gitFsck } from "../store/git.ts";
import { serve, type HttpHost } from "./http-host.ts";
import { contextOf, identitiesOf, newHost, newPeer, person, reopened, save, type FORMATS } from "./pair.ts";

export const ADA: Identity = person("Ada");
export const BOB: Identity = person("Bob");

export interface Scene {
  readonly dir: string;
  readonly host: HttpHost;
  readonly a: Store;
  readonly b: Store;
  /** Everything that any ref of a store holds. */
  readonly state: (store: Store) => string;
}

/** git looks at both sides after each lie; without `VIBESAFE_RUNS` after the first of each kind, and at the end. */
export const THOROUGH: boolean = process.env["VIBESAFE_RUNS"] !== undefined;

const looked = new WeakSet<Scene["host"]>();

/** Ada has pushed two units, Bob has fetched them; Ada has pushed once more. */
export async function scene(t: Parameters<typeof serve>[0], format: (typeof FORMATS)[number] = "sha1"): Promise<Scene> {
  const dir = newHost(t, format);
  const host = await serve(t, dir);
  const [a, b] = [newPeer(t, host.url), newPeer(t, host.url)];
  save(a, "src.m/f", "one", ADA);
  save(a, "src.m/g", "else", ADA);
  await pushRemote(contextOf(a, ADA));
  await pullRemote(contextOf(b, BOB), { identities: identitiesOf(BOB) });
  return { dir, host, a, b, state: (store) => JSON.stringify(listRefs(reopened(store))) };
}

export async function again({ a }: Scene): Promise<void> {
  save(a, "src.m/f", `more ${Math.imul(listRefs(a).length, 7)}`, ADA);
  await pushRemote(contextOf(a, ADA));
}

/** Whatever was tried and refused, nothing moved, and nobody's git finds a fault. */
export async function refusedBy(error: typeof VibesafeHashMismatch | typeof VibesafeRemoteError, says: RegExp, { b, state, dir, host }: Scene, work: () => Promise<unknown>): Promise<void> {
  const before = state(b);
  await assert.rejects(work, (thrown) => thrown instanceof error && says.test(thrown.message) && thrown.remedy !== "");
  assert.equal(state(b), before);
  if (!THOROUGH && looked.has(host)) return;
  looked.add(host);
  assert.deepEqual([gitFsck(b.dir), gitFsck(dir)], ["", ""]);
}

/** A host's answer of protocol version 2: a pack of these objects. */
export function packAnswer(dir: string, ids: string): Buffer {
  const pack = git(dir, ["pack-objects", "--stdout", "-q"], ids === "" ? "" : `${ids}\n`);
  const bands = Array.from({ length: Math.ceil(pack.length / 1000) }, (_, i) => packet(Buffer.concat([Buffer.from([1]), pack.subarray(i * 1000, i * 1000 + 1000)])));
  return Buffer.concat([packet("packfile\n"), ...bands, Buffer.from("0000")]);
}
