// Runs production in Bun and Deno (test/runtime/elsewhere.test.ts). The npm registry carries both; their binaries are kept in
// node_modules/.cache/elsewhere.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "node_modules", ".cache", "elsewhere");
const PACKAGES = ["@oven/bun-linux-x64@1.4.5", "@deno/linux-x64-glibc@2.9.6"];

if (process.platform !== "linux" || process.arch !== "x64") {
  console.log("Bun and Deno are tried on Linux, x64");
  process.exit(0);
}
if (!PACKAGES.every((name) => existsSync(join(folder, "node_modules", name.replace(/(?<=.)@.*$/, ""))))) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const { status } = spawnSync("npm", ["install", "--no-save", "--ignore-scripts", ...PACKAGES], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) {
    console.error(`cannot install ${PACKAGES.join(" and ")} from the registry`);
    process.exit(1);
  }
}
const { status } = spawnSync(process.execPath, ["--import", "tsx", "--test", join("test", "runtime", "elsewhere.test.ts")], { cwd: root, stdio: "inherit", env: { ...process.env, VIBESAFE_ELSEWHERE: "1" } });
process.exit(status ?? 1);
