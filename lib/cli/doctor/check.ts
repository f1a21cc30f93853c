/**
 * One line of `vibe doctor`, and the checks that need no project.
 *
 * @module
 */

import { toolVersion } from "../../verify/gate-key.ts";

export interface Check {
  readonly name: string;
  /** `warn`: it works, but less protects, or something cannot be used. */
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  readonly remedy?: string;
}

/** The oldest version that works, as `engines` in package.json says. */
const OLDEST: readonly [major: number, minor: number] = [20, 19];

export function toolChecks(): Check[] {
  return [nodeCheck(), ...(["typescript", "oxlint", "esbuild", "fast-check"] as const).map(toolCheck)];
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const old = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  const detail = `${process.versions.node}, ${process.platform} ${process.arch}`;
  if (old) return { name: "node", status: "fail", detail: `${detail}: older than ${OLDEST.join(".")}`, remedy: "install a current Node.js" };
  return { name: "node", status: "ok", detail };
}

function toolCheck(name: string): Check {
  const version = toolVersion(name);
  if (version === undefined) return { name, status: "fail", detail: "not installed", remedy: "install vibesafe again: npm install vibesafe" };
  return { name, status: "ok", detail: version };
}
