/**
 * Editing a spec while a program runs in development: the program starts again under `node --watch` and tsx, the module is loaded again
 * under Vite, and the next call runs code of the spec as it is now.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { createServer } from "vite";
import { makeProject, save, writeFiles } from "./project.ts";

type T = { after(clean: () => void): void };

const spec = (doc: string): string => `import { vibesafe, VibesafeHandled } from "vibesafe";

/**
 * ${doc}
 *
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func(function double(n: number): number {
  throw new VibesafeHandled();
});
`;
const FIRST = "export function double(n: number): number {\n  return n * 2;\n}\n";
const SECOND = FIRST.replace("n * 2", "2 * n");
const MAIN = 'console.log(double(21), "done");\n';

/** A provider that is a program: notes each request, and answers with `reply.ts`. */
async function project(t: T, files: Readonly<Record<string, string>>): Promise<string> {
  const root = makeProject(t, {
    "vibesafe.toml": `[provider.default]\nkind = "command"\ncommand = [${JSON.stringify(process.execPath)}, "provider.mjs"]\n`,
    "provider.mjs": `import { appendFileSync, readFileSync } from "node:fs";
appendFileSync("requests", "x");
process.stdin.resume().on("end", () => process.stdout.write("\`\`\`ts\\n" + readFileSync("reply.ts", "utf8") + "\`\`\`\\n"));
`,
    "reply.ts": SECOND,
    "ops.ts": spec("Doubles."),
    ...files,
  });
  await save(root, "ops.ts", "double", FIRST);
  return root;
}

const requests = (root: string): number => (existsSync(join(root, "requests")) ? readFileSync(join(root, "requests"), "utf8").length : 0);

/** Runs a watcher until `done`, a text, was printed; then edits and waits for the next. */
async function watch(t: T, root: string, args: readonly string[]): Promise<{ next(): Promise<string> }> {
  const { NODE_OPTIONS: _, NODE_ENV: __, VIBESAFE_ENV: ___, NODE_TEST_CONTEXT: ____, ...env } = process.env;
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  let seen = 0;
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const closed = new Promise((resolve) => child.once("close", resolve));
  t.after(() => child.kill("SIGKILL"));
  t.after(() => void closed);
  return {
    async next() {
      for (const end = Date.now() + 60_000; Date.now() < end; ) {
        const found = /^(.*) done$/m.exec(text.slice(seen));
        if (found !== null) {
          const from = seen;
          seen += found.index + found[0].length;
          return text.slice(from, seen);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`nothing was printed: ${text}`);
    },
  };
}

async function edited(root: string, { next }: { next(): Promise<string> }, touch: () => void = () => {}): Promise<void> {
  const before = await next();
  assert.match(before, /^42/m);
  assert.doesNotMatch(before, /compiling/);
  const edit = (): void => {
    writeFileSync(join(root, "ops.ts"), spec("Doubles a number."));
    touch();
  };
  edit();
  // A watcher that began to watch only after the edit sees the next one.
  const again = setInterval(edit, 8000);
  const after = await next().finally(() => clearInterval(again));
  assert.match(after, /double has drifted \([^\n]+\); compiling…\n[^]*^42/m);
  assert.equal(requests(root), 1);
}

test("under tsx watch", async (t) => {
  const root = await project(t, { "main.ts": `import { double } from "./ops.ts";\n${MAIN}` });
  const tsx = join(createRequire(import.meta.url).resolve("tsx/package.json"), "..", "dist", "cli.mjs");
  await edited(root, await watch(t, root, [tsx, "watch", "--clear-screen=false", join(root, "main.ts")]));
});

test("under node --watch, JavaScript compiled with source maps", async (t) => {
  const root = await project(t, { "main.js": `import { double } from "./ops.js";\n${MAIN}` });
  const compile = (): void => {
    const { code, map } = transformSync(readFileSync(join(root, "ops.ts"), "utf8"), { loader: "ts", sourcemap: "external", sourcefile: "ops.ts" });
    writeFiles(root, { "ops.js.map": map, "ops.js": `${code}//# sourceMappingURL=ops.js.map\n` });
  };
  compile();
  await edited(root, await watch(t, root, ["--watch", join(root, "main.js")]), compile);
});

test("in a dev server of Vite: the module that is loaded again runs code of the new spec", async (t) => {
  const root = await project(t, {});
  const server = await createServer({ root, configFile: false, logLevel: "silent", server: { middlewareMode: true, hmr: false, ws: false }, appType: "custom", ssr: { external: ["vibesafe"] } });
  try {
    const call = async (): Promise<string> => {
      const { double } = (await server.ssrLoadModule("/ops.ts")) as { double: (n: number) => number };
      return String(double(21));
    };
    assert.equal(await call(), "42");
    assert.equal(requests(root), 0);
    writeFileSync(join(root, "ops.ts"), spec("Doubles a number."));
    server.moduleGraph.invalidateAll();
    assert.equal(await call(), "42");
    assert.equal(requests(root), 1);
  } finally {
    await server.close();
  }
});
