/**
 * `vibe doctor` on the sandbox: what protects here, and what does not.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Project } from "../../project/project.ts";
import { probeSandbox, REACHES, type Probe } from "../../verify/sandbox/probe.ts";
import type { Check } from "./check.ts";

export async function sandboxChecks(project: Project | undefined): Promise<Check[]> {
  const { enabled, timeout, memory_mb } = project?.config.sandbox ?? { enabled: true, timeout: 10, memory_mb: 256 };
  const probe = await probeSandbox({ sandboxed: enabled, memoryMb: memory_mb, scratch: join(tmpdir(), `vibesafe-doctor-${randomUUID()}`) });
  const state: Check = enabled
    ? { name: "sandbox", status: "ok", detail: `on: ${timeout} s and ${memory_mb} MiB a unit` }
    : { name: "sandbox", status: "warn", detail: "off: [sandbox] enabled = false", remedy: "remove that line: generated code runs with your rights" };
  if (!probe.ran) {
    const why = probe.errorText.split("\n")[0] ?? "";
    return [{ name: "sandbox", status: "fail", detail: `cannot start${why === "" ? "" : `: ${why}`}`, remedy: "see whether `node --permission -e 0`, or --experimental-permission before Node 22, runs" }];
  }
  return [state, ...layerChecks(probe, enabled), ...reachChecks(probe)];
}

function layerChecks({ layers }: Probe, enabled: boolean): Check[] {
  if (!enabled) return [];
  const layer = (name: string, there: boolean, detail: string, otherwise: string): Check => ({ name: `  ${name}`, status: there ? "ok" : "warn", detail: there ? detail : otherwise });
  return [
    layer("permission model", layers.permission, "node grants no file, child process, worker or add-on", "this node has none"),
    layer("network namespace", layers.network, "no interface at all (unshare)", layers.nodeNetwork ? "not here; node's own permission model refuses connections" : `not here: ${NEEDS}`),
    layer("files", layers.files, "a root with the system's programs, libraries and node alone, read only (mount namespace, chroot)", `not here: ${NEEDS}; node's permission model alone keeps files away`),
    layer("processes", layers.processes, "a namespace in which no other process can be seen or signalled", `not here: ${NEEDS}`),
    layer("privileges", layers.privileges, "no capability and no way to gain one (setpriv)", "not here: needs Linux, unshare and setpriv"),
    // Node cannot install a filter for itself, and no program that comes with the system does it for others.
    layer("system calls", false, "", "no seccomp filter: code that breaks out of node itself meets the layers above alone"),
    layer("limits", layers.limits, "ulimit: no core dump, no file, few descriptors, ten minutes of processor time", "no shell with ulimit"),
    layer("end with the parent", layers.parentDeath, "the kernel ends it when its parent dies (setpriv)", "not here: needs Linux and setpriv; it ends when its input does"),
  ];
}

const NEEDS = "needs Linux, unshare and user namespaces";

/** What code could do that had got past the policy, the realm and the locked language. */
function reachChecks({ refused }: Probe): Check[] {
  return REACHES.map((reach) => {
    const error = refused.get(reach);
    const name = `  reach: ${reach}`;
    if (error !== undefined) return { name, status: "ok", detail: reach === "environment" ? "nothing of yours is in it" : `refused (${error})` };
    return { name, status: "warn", detail: "open to code that leaves its realm; the policy and the realm alone stand before it" };
  });
}
