// Builds dist/: declarations by tsc, programs by esbuild. Each file is made elsewhere and moved into its place, what is imported before
// what imports it: whoever runs the package meanwhile finds every file that it needs, old or new.
//
//   dist/bin/vibe.js                        starts the command line, or prints what an earlier run answered: one file
//   dist/chunks/process.js, dist/lib/testing.js, dist/lib/plugin.js   with dist/chunks/: each command is a chunk that loads when it is asked for
//   dist/chunks/quick.js                    the commands that scripts call often, in one file
//   dist/chunks/sharing.js                  the commands that talk to a host, with what they use of isomorphic-git
//   dist/chunks/edited-answer.js            what answers after an edit of few files
//   dist/lib/index.js                       what programs import: one file, which loads no package
//   dist/lib/full.cjs                       the rest of the runtime, with the parser: loaded when a spec has to be read
//   dist/lib/http.js, dist/lib/http/node.js what servers import; the first runs without Node
//   dist/lib/errors.js                      the error classes, one set for all of them
//   dist/lib/verify/sandbox/…/main.js       the programs of the sandbox's children
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
// On the same file system, for rename, and neither packed nor tracked.
const workshop = join(root, "node_modules", ".cache");
mkdirSync(workshop, { recursive: true });
const out = mkdtempSync(join(workshop, "build-"));
const source = (file) => join(root, ...file.split("/"));

/** Modules of the runtime that take long to load, with what it uses of them: they load at the first call. */
const LAZY_MODULES = {
  "node:crypto": `
    export const hash = (...args) => load().hash(...args);
    export const randomUUID = () => load().randomUUID();
    export const createHash = (...args) => load().createHash(...args);`,
  "node:zlib": `
    export const inflateSync = (...args) => load().inflateSync(...args);
    export const createInflate = (...args) => load().createInflate(...args);
    export const constants = { get Z_FINISH() { return load().constants.Z_FINISH; }, get Z_SYNC_FLUSH() { return load().constants.Z_SYNC_FLUSH; } };`,
  picomatch: `
    const picomatch = (...args) => load()(...args);
    picomatch.scan = (...args) => load().scan(...args);
    export default picomatch;`,
  // CommonJS, of which Node 20 would first look for the names that it exports: 20 ms.
  picocolors: `export default { createColors: (...args) => load().createColors(...args) };`,
  "oxc-parser": `export const parseSync = (...args) => load().parseSync(...args);`,
  "smol-toml": `
    export const parse = (...args) => load().parse(...args);
    export const TomlError = { [Symbol.hasInstance]: (error) => error instanceof load().TomlError };`,
  "cbor-x/encode": `
    export class Encoder {
      #options; #encoder;
      constructor(options) { this.#options = options; }
      get #loaded() { return (this.#encoder ??= new (load().Encoder)(this.#options)); }
      encode(value) { return this.#loaded.encode(value); }
      decode(bytes) { return this.#loaded.decode(bytes); }
    }`,
};

/** @param now - of them, those that load at once all the same */
const isLazy = (id, now) => Object.hasOwn(LAZY_MODULES, id) && !now.includes(id);

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  packages: "external",
  charset: "utf8",
  logLevel: "warning",
  tsconfigRaw: {},
};

const BESIDE = /new URL\((.+?), import\.meta\.url\)/g;

/**
 * `import` of a builtin reads every export that it has, of `node:fs` those too that load all of Node's streams: 1.5 ms. What a program
 * imports takes the builtin itself, which costs nothing.
 */
const withoutFacades = (text, now = []) =>
  text.replaceAll(/^import (?!type )(.+) from ("node:[^"]+");$/gm, (line, names, id) => {
    if (isLazy(JSON.parse(id), now)) return line;
    const bindings = names.replaceAll(/\btype \w+(?:, )?/g, "").replaceAll(/ as /g, ": ").replace(/, (?=\}$| \}$)/, "");
    return `const ${bindings} = process.getBuiltinModule(${id});`;
  });

/** Modules find their neighbours by `new URL(…, import.meta.url)`: for that each keeps its place in the source. All output lies one folder deep. */
function places(url, edit = (text) => text) {
  return {
    name: "places",
    setup(build) {
      build.onLoad({ filter: /[\\/]lib[\\/].*\.ts$/ }, ({ path }) => {
        const text = edit(readFileSync(path, "utf8"));
        if (text.search(BESIDE) === -1) return { contents: text, loader: "ts" };
        const place = `../${relative(root, path).split(sep).join("/").replace(/\.ts$/, ".js")}`;
        return { contents: text.replaceAll(BESIDE, `new URL($1, new URL(${JSON.stringify(place)}, ${url}).href)`), loader: "ts" };
      });
    },
  };
}

/** Leaves a module of ours outside the bundle: `replacement` stands for it. */
function instead(file, replacement) {
  const path = source(file);
  return {
    name: `instead of ${file}`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`/${file.split("/").at(-1).replace(".", "\\.")}$`) }, (args) => {
        if (join(args.resolveDir, args.path) !== path || args.kind === "entry-point") return undefined;
        return typeof replacement === "string" ? { path: replacement, external: true } : { path: file, namespace: "instead", pluginData: replacement };
      });
      build.onLoad({ filter: /.*/, namespace: "instead" }, ({ pluginData }) => ({ contents: pluginData.contents, loader: "js", resolveDir: root }));
    },
  };
}

const lazyModules = (now = []) => ({
  name: "lazy modules",
  setup(build) {
    build.onResolve({ filter: /^[^.]/ }, ({ path, kind }) => (kind === "import-statement" && isLazy(path, now) ? { path, namespace: "lazy" } : undefined));
    build.onLoad({ filter: /.*/, namespace: "lazy" }, ({ path }) => ({
      contents: `
        let loaded;
        const load = () => (loaded ??= ${path.startsWith("node:") ? "process.getBuiltinModule" : `process.getBuiltinModule("node:module").createRequire(IMPORT_META_URL)`}(${JSON.stringify(path)}));
        ${LAZY_MODULES[path]}`,
      loader: "js",
    }));
  },
});

/** @returns tsc's exit status */
function declarations() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const args = [tsc, "-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", out];
  return new Promise((done, fail) => spawn(process.execPath, args, { cwd: root, stdio: "inherit" }).on("close", done).on("error", fail));
}

/** The command line and the tests' entry share chunks. */
async function programs() {
  await build({
    ...common,
    entryPoints: { "chunks/process": source("lib/cli/process.ts"), "lib/testing": source("lib/testing.ts"), "lib/plugin": source("lib/plugin.ts") },
    outdir: out,
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    plugins: [instead("lib/errors.ts", "../lib/errors.js"), places("import.meta.url")],
  });
}

/** What starts the command line is one file, and CommonJS: Node 20 takes 15 ms longer to begin with a module. */
async function start() {
  const url = "__vibesafe_url";
  await build({
    ...common,
    entryPoints: { "bin/vibe": source("bin/vibe.ts") },
    outdir: out,
    format: "cjs",
    define: { "import.meta.url": url },
    plugins: [
      instead("lib/cli/process.ts", "../chunks/process.js"),
      instead("lib/cli/quick.ts", "../chunks/quick.js"),
      instead("lib/cli/sharing.ts", "../chunks/sharing.js"),
      instead("lib/cli/edited-answer.ts", "../chunks/edited-answer.js"),
      places(url),
    ],
    banner: { js: `const ${url} = require("node:url").pathToFileURL(__filename).href;` },
  });
  writeFileSync(join(out, "bin", "package.json"), '{ "type": "commonjs" }\n');
  chmodSync(join(out, "bin", "vibe.js"), 0o755);
}

/** Commands in one file: no other is in it, and what few of their calls need loads when it is needed. */
async function together(name, list, { plugins = [], now = [] } = {}) {
  const { code } = await transform(readFileSync(source("lib/cli/quick-commands.ts"), "utf8"), { loader: "ts", format: "esm" });
  const { [list]: names } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const commands = source("lib/cli/commands.ts");
  const others = {
    name: "other commands",
    setup(build) {
      build.onResolve({ filter: /^\.\// }, ({ path, importer, kind }) =>
        kind === "dynamic-import" && importer === commands && !names.includes(path.slice(2, -3)) ? { path, external: true } : undefined,
      );
    },
  };
  await build({
    ...common,
    entryPoints: [source(`lib/cli/${name}.ts`)],
    outfile: join(out, "chunks", `${name}.js`),
    format: "esm",
    define: { IMPORT_META_URL: "import.meta.url" },
    plugins: [instead("lib/errors.ts", "../lib/errors.js"), others, ...plugins, places("import.meta.url", (text) => withoutFacades(text, now)), lazyModules(now)],
  });
}

/** Of isomorphic-git the part that talks HTTP, without the packages that the rest of it needs: a tenth of what would load. */
const transport = {
  name: "isomorphic-git",
  setup(build) {
    const path = createRequire(import.meta.url).resolve("isomorphic-git/managers").replace(/\.cjs$/, ".js");
    const licence = readFileSync(join(dirname(dirname(path)), "LICENSE.md"), "utf8");
    build.onResolve({ filter: /^isomorphic-git\/managers$/ }, ({ kind }) => (kind === "dynamic-import" ? { path: "isomorphic-git", namespace: "transport" } : undefined));
    build.onLoad({ filter: /.*/, namespace: "transport" }, () => ({ contents: `export { GitRemoteHTTP } from ${JSON.stringify(path)};`, loader: "js", resolveDir: root }));
    build.onResolve({ filter: /.*/ }, ({ path: asked, importer, namespace }) => {
      if (namespace === "transport") return { path: asked, sideEffects: false };
      return importer === path ? { path: asked, external: true, sideEffects: false } : undefined;
    });
    build.onLoad({ filter: /[\\/]isomorphic-git[\\/]managers[\\/]index\.js$/ }, () => ({ contents: `/*! isomorphic-git\n\n${licence.trim()}\n*/\n${readFileSync(path, "utf8")}`, loader: "js" }));
  },
};

/** What answers after an edit of few files: the parser and what hashes, without the command line. */
async function edited() {
  await build({
    ...common,
    entryPoints: [source("lib/cli/edited-answer.ts")],
    outfile: join(out, "chunks", "edited-answer.js"),
    format: "esm",
    define: { IMPORT_META_URL: "import.meta.url" },
    plugins: [instead("lib/errors.ts", "../lib/errors.js"), places("import.meta.url", withoutFacades), lazyModules()],
  });
}

async function runtime() {
  await build({ ...common, entryPoints: [source("lib/errors.ts")], outdir: join(out, "lib"), format: "esm" });
  const url = "__vibesafe_url";
  const full = source("lib/runtime/full.ts");
  await build({
    ...common,
    entryPoints: [full],
    outfile: join(out, "lib", "full.cjs"),
    format: "cjs",
    define: { IMPORT_META_URL: url, "import.meta.url": url },
    banner: { js: `module.exports = (__vibesafe_errors) => { const ${url} = require("node:url").pathToFileURL(__filename).href; const module = { exports: {} };` },
    footer: { js: "return module.exports; };" },
    plugins: [instead("lib/errors.ts", { contents: "module.exports = __vibesafe_errors;" }), places(url), lazyModules()],
  });
  const { metafile } = await build({ ...common, entryPoints: [full], outdir: out, write: false, metafile: true, format: "esm" });
  const names = Object.values(metafile.outputs).flatMap((output) => output.exports);
  const door = `import * as errors from ${JSON.stringify(source("lib/errors.ts"))};
    let loaded;
    const load = () => (loaded ??= process.getBuiltinModule("node:module").createRequire(import.meta.url)("./full.cjs")(errors));
    ${names.map((name) => `export const ${name} = (...args) => load().${name}(...args);`).join("\n")}`;
  await build({
    ...common,
    entryPoints: [source("lib/index.ts")],
    outdir: join(out, "lib"),
    format: "esm",
    define: { IMPORT_META_URL: "import.meta.url" },
    minifyWhitespace: true,
    // Node prints the line that threw an error that nobody caught.
    lineLimit: 160,
    plugins: [
      {
        name: "errors",
        setup: (build) => void build.onResolve({ filter: /errors\.ts$/ }, ({ path, resolveDir }) => (join(resolveDir, path) === source("lib/errors.ts") || path === source("lib/errors.ts") ? { path: "./errors.js", external: true } : undefined)),
      },
      instead("lib/runtime/full.ts", { contents: door }),
      places("import.meta.url", withoutFacades),
      lazyModules(),
    ],
  });
}

/** What servers import. Nothing of Node is in the first: edge hosts bundle it. */
async function http() {
  const entry = (name) => ({ ...common, entryPoints: [source(`lib/${name}.ts`)], outfile: join(out, "lib", `${name}.js`), format: "esm" });
  await build({ ...entry("http"), platform: "neutral", plugins: [instead("lib/errors.ts", "./errors.js")] });
  await build({ ...entry("http/node"), plugins: [instead("lib/errors.ts", "../errors.js")] });
}

/** The sandbox bundles these at run time into the text of a child; here each becomes one file, where it looks for them. */
async function sandbox() {
  const entry = (name) => [`lib/verify/sandbox/${name}/main`, source(`lib/verify/sandbox/${name}/main.ts`)];
  const exchange = ["lib/http/exchange", source("lib/http/exchange.ts")];
  await build({ ...common, entryPoints: Object.fromEntries([entry("child"), entry("realm"), exchange]), outdir: out, format: "esm" });
}

/** Commands that are running may still load what an older build has left; a minute later none does. */
const STALE_AFTER_MS = 60_000;

function install() {
  const files = filesIn(out).sort((a, b) => rank(a) - rank(b));
  const wanted = new Set(files);
  const before = Date.now() - STALE_AFTER_MS;
  for (const file of files) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    renameSync(join(out, file), join(dist, file));
  }
  for (const file of filesIn(dist)) {
    if (!wanted.has(file) && statSync(join(dist, file)).mtimeMs < before) rmSync(join(dist, file));
  }
}

/** Chunks and what tells the kind of a file, then entries, then the rest. */
function rank(file) {
  return file.startsWith("chunks") || file.endsWith("package.json") ? 0 : file.endsWith("js") ? 1 : 2;
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile());
}

const typed = declarations();
try {
  await programs();
  await start();
  await together("quick", "QUICK_COMMANDS");
  await together("sharing", "SHARING_COMMANDS", { plugins: [transport], now: ["node:crypto", "node:zlib"] });
  await edited();
  await runtime();
  await sandbox();
  await http();
  // As tsc itself does, type errors fail the build and keep its output.
  if ((await typed) !== 0) process.exitCode = 1;
  install();
} finally {
  rmSync(out, { recursive: true, force: true });
}
