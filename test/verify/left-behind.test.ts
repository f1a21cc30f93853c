/**
 * Runs that end before their time leave no process and no folder behind.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { specFile, testProject } from "./judged.ts";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const url = (file: string): string => JSON.stringify(pathToFileURL(join(repository, file)).href);

const PROGRAM = `
import { openProject } from ${url("lib/project/project.ts")};
import { hashSpec } from ${url("lib/spec/hash.ts")};
import { createWorkspace, readSpecs } from ${url("lib/spec/workspace.ts")};
import { runGates } from ${url("lib/verify/gates.ts")};
const workspace = createWorkspace(openProject(process.cwd()));
const hashed = hashSpec(workspace, readSpecs(workspace, "unit.ts").specs[0]);
console.log("begun");
// The other gates are done; the endless loop runs.
const onProgress = ({ gate }) => { if (gate.name === "types") console.log("looping"); };
await runGates(workspace, [{ hashed, impl: "export function unit(): number { for (;;); }" }], { onProgress });
`;

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`a run that ${signal} ends`, { skip: process.platform !== "linux" && "looks at /proc" }, async (t) => {
    const project = testProject(t, { "unit.ts": specFile(">>> unit()\n1", "function unit(): number"), "run.mjs": PROGRAM }, "[sandbox]\ntimeout = 60\n");
    const tsx = pathToFileURL(join(repository, "node_modules", "tsx", "dist", "loader.mjs")).href;
    const run = spawn(process.execPath, ["--import", tsx, "run.mjs"], { cwd: project.root, stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve) => {
      run.stdout.setEncoding("utf8").on("data", (text: string) => text.includes("looping") && resolve());
    });
    const children = sandboxChildren(run.pid ?? 0);
    // In a namespace of its own it is the child of a process that waits for it.
    assert.ok(children.length >= 1 && children.length <= 2, String(children));
    const ended = new Promise((resolve) => void run.on("close", (_, by) => resolve(by)));
    run.kill(signal);
    assert.equal(await ended, signal);
    for (let i = 0; i < 100 && children.some(isAlive); i++) await sleep(20);
    assert.deepEqual(children.filter(isAlive), []);
    // After SIGKILL nobody can tidy up; the next run removes what it finds.
    if (signal === "SIGTERM") assert.deepEqual(readdirSync(project.root).sort(), ["package.json", "run.mjs", "unit.ts", "vibesafe.toml"]);
  });
}

function sandboxChildren(parent: number): number[] {
  const found = readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === parent && isAlive(pid));
  return found.flatMap((pid) => [pid, ...sandboxChildren(pid)]);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    // It ended while we looked.
    return undefined;
  }
}

/** Whether a process runs; one that waits to be reaped does not. */
function isAlive(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return !/^State:\tZ/m.test(status) && command.includes("--max-old-space-size");
  } catch {
    // It is gone.
    return false;
  }
}
