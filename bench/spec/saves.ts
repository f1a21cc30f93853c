// An active save for every unit of a generated project, through `git fast-import`: the store is a Git repository, and ten thousand
// runs of the gates are not what is measured here. node --import tsx bench/spec/saves.ts PROJECT
import { execFileSync } from "node:child_process";
import { openProject } from "../../lib/project/project.ts";
import { encodeCheckpoint, formatSaveMessage, type Provenance, type Verification } from "../../lib/spec/checkpoint.ts";
import { formatJson } from "../../lib/spec/checkpoint/json.ts";
import { openProjectIndex } from "../../lib/spec/project-index.ts";
import { unitRef } from "../../lib/spec/unit-id.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { initStore } from "../../lib/store/init.ts";
import { VERSION } from "../../lib/version.ts";

const project = openProject(process.argv[2] ?? ".");
initStore(project.storeDir);
const digest = "ab".repeat(32);
const time = "2026-01-01T00:00:00.000Z";
const provider = { name: "default", kind: "replay", model: "replay", temperature: null, seed: null, max_tokens: null, reasoning_effort: null, service_tier: null, base_url: null };
const attempts: Provenance["attempts"] = [{ attempt: 1, cached: false, outcome: "passed", usage: null, durationMs: 1, responseDigest: digest }];

const parts: (string | Uint8Array)[] = [];
const data = (content: string | Uint8Array): void => {
  const bytes = Buffer.from(content);
  parts.push(`data ${bytes.length}\n`, bytes, "\n");
};
for (const unit of openProjectIndex(createWorkspace(project)).units) {
  const { bytes, specHash, materials } = unit.hashed();
  const impl = `export function ${unit.name}(): never {\n  throw new Error("${unit.id}");\n}\n`;
  const provenance: Provenance = { format: 1, vibesafe: VERSION, provider, attempts, startedAt: time, finishedAt: time, responseDigest: digest, versions: {}, materials };
  const gates = [{ name: "examples", passed: true, tool: "vibesafe", version: VERSION, durationMs: 1, details: [] }];
  const verification: Verification = { format: 1, passed: true, gates, materials };
  const files = { "impl.ts": impl, "prompt.md": `Write ${unit.id}.\n`, "spec.cbor": bytes };
  const { checkpointHash } = encodeCheckpoint({ impl, prompt: files["prompt.md"], spec: bytes });
  parts.push(`commit ${unitRef(unit.id)}\ncommitter A U Thor <author@example.com> 1700000000 +0000\n`);
  data(formatSaveMessage(`save: ${unit.id}`, { unit: unit.id, specHash, checkpointHash }));
  for (const [name, content] of Object.entries(files)) {
    parts.push(`M 100644 inline checkpoint/${name}\n`);
    data(content);
  }
  for (const [name, content] of [["build/impl.js", impl], ["provenance.json", formatJson(provenance)], ["verification.json", formatJson(verification)]] as const) {
    parts.push(`M 100644 inline ${name}\n`);
    data(content);
  }
}
const git = (args: readonly string[], input?: Uint8Array): void => void execFileSync("git", [`--git-dir=${project.storeDir}`, ...args], { ...(input !== undefined && { input }), stdio: ["pipe", "inherit", "inherit"] });
git(["fast-import", "--quiet"], Buffer.concat(parts.map((part) => Buffer.from(part))));
git(["pack-refs", "--all"]);
