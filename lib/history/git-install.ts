/**
 * What vibesafe sets up in the project's own repository: configuration, attributes and hooks, all local to the clone.
 *
 * Attributes go to `info/attributes` and not to a committed file: they name drivers that only a clone with this configuration has.
 *
 * @module
 */

import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readTextIfPresent } from "../store/files.ts";
import { askGit, git, pathInGit, type ProjectGit } from "./project-git.ts";

export interface InstallOptions {
  /** Absolute paths of the project and its store. */
  readonly root: string;
  readonly storeDir: string;
  /** How a shell at the top of the working tree starts `vibe`. */
  readonly command: string;
  readonly hooks: boolean;
  readonly uninstall: boolean;
  /** Tell what would change, and change nothing. */
  readonly dryRun: boolean;
}

export interface InstallStep {
  /** `config`, `attributes` or `hook`, then which. */
  readonly what: string;
  /** `by-hand`: it belongs to somebody else and was left alone; `detail` says what to do there. */
  readonly status: "written" | "unchanged" | "removed" | "by-hand";
  readonly detail: string;
}

/** Key of the projects of this repository, by their folders from the top; `.` is the top itself. */
const PROJECTS = "vibesafe.project";
const TEXT_LIMIT = 1 << 24;
export const HOOKS = ["post-merge", "pre-push"] as const;
export type HookName = (typeof HOOKS)[number];

/** Sets up, or takes away, what `options` say. Doing it twice changes nothing. */
export function install(repository: ProjectGit, options: InstallOptions): InstallStep[] {
  const others = installedProjects(repository).filter((project) => project !== projectName(repository, options.root));
  const last = options.uninstall && others.length === 0;
  return [
    ...configSteps(repository, options, last),
    attributesStep(repository, options),
    ...(options.hooks || options.uninstall ? HOOKS.map((name) => hookStep(repository, name, options, last)) : []),
  ];
}

/** Folders, from the top, of the projects that were installed. */
export function installedProjects(repository: ProjectGit): string[] {
  return configured(repository, PROJECTS);
}

function projectName(repository: ProjectGit, root: string): string {
  return pathInGit(repository, root) || ".";
}

function configured(repository: ProjectGit, key: string): string[] {
  return askGit(repository, ["config", "--local", "-z", "--get-all", key])?.toString("utf8").split("\0").slice(0, -1) ?? [];
}

function configSteps(repository: ProjectGit, { root, command, uninstall, dryRun }: InstallOptions, last: boolean): InstallStep[] {
  const wanted: readonly (readonly [key: string, value: string])[] = [
    ["merge.vibesafe.name", "stores of vibesafe: refs and objects by what they mean"],
    ["merge.vibesafe.driver", `${command} merge-driver %O %A %B %P`],
    // Between the bases of a criss-cross merge nobody can choose; git takes one.
    ["merge.vibesafe.recursive", "binary"],
    ["diff.vibesafe.textconv", `${command} textconv`],
  ];
  const steps: InstallStep[] = [];
  const act = (status: InstallStep["status"], key: string, value: string, args: readonly string[]): void => {
    steps.push({ what: `config ${key}`, status, detail: value });
    if (!dryRun && status !== "unchanged") git(repository, ["config", "--local", ...args]);
  };
  for (const [key, value] of wanted) {
    const now = configured(repository, key);
    if (uninstall) {
      if (last && now.length > 0) act("removed", key, now.join(", "), ["--unset-all", key]);
    } else {
      act(now.length === 1 && now[0] === value ? "unchanged" : "written", key, value, ["--replace-all", key, value]);
    }
  }
  const project = projectName(repository, root);
  const known = installedProjects(repository).includes(project);
  if (!uninstall) act(known ? "unchanged" : "written", PROJECTS, project, ["--add", PROJECTS, project]);
  else if (known) act("removed", PROJECTS, project, ["--unset-all", PROJECTS, `^${project.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`]);
  return steps;
}

function attributesStep(repository: ProjectGit, { storeDir, uninstall, dryRun }: InstallOptions): InstallStep {
  const path = join(repository.commonDir, "info", "attributes");
  const before = readTextIfPresent(path, TEXT_LIMIT) ?? "";
  const store = pathInGit(repository, storeDir);
  const [begin, end] = [`# vibesafe: begin ${store}`, `# vibesafe: end ${store}`];
  const from = before.split("\n").indexOf(begin);
  const lines = before.split("\n");
  const to = lines.indexOf(end, from);
  const rest = from === -1 || to === -1 ? before : [...lines.slice(0, from), ...lines.slice(to + 1)].join("\n");
  const block = [begin, ...attributeLines(store), end, ""].join("\n");
  const after = uninstall ? rest : `${rest === "" || rest.endsWith("\n") ? rest : `${rest}\n`}${block}`;
  if (!dryRun && after !== before) {
    mkdirSync(dirname(path), { recursive: true });
    if (after === "") rmSync(path);
    else writeFileSync(path, after);
  }
  return { what: `attributes ${store}`, status: after === before ? "unchanged" : uninstall ? "removed" : "written", detail: "info/attributes" };
}

/** Loose objects have folders of two letters; packs stay binary. */
function attributeLines(store: string): string[] {
  const pattern = (path: string): string => {
    const literal = `/${store.replaceAll(/[\\*?[\]]/g, "\\$&")}/${path}`;
    return /^[\w./*?@+-]+$/.test(literal) ? literal : `"${literal.replaceAll(/["\\]/g, "\\$&")}"`;
  };
  return [`${pattern("refs/**")} merge=vibesafe diff=vibesafe -text`, `${pattern("packed-refs")} merge=vibesafe -text`, `${pattern("objects/??/*")} merge=vibesafe diff=vibesafe -text`];
}

const MARK = "# vibesafe: written by `vibe install --hooks`";

function hookStep(repository: ProjectGit, name: HookName, { command, uninstall, dryRun }: InstallOptions, last: boolean): InstallStep {
  const own = configured(repository, "core.hooksPath");
  const folder = askGit(repository, ["rev-parse", "--path-format=absolute", "--git-path", "hooks"])?.toString("utf8").trim() ?? join(repository.commonDir, "hooks");
  const elsewhere = own.length > 0 || folder !== join(repository.commonDir, "hooks");
  const path = join(folder, name);
  const before = `${path}.before-vibesafe`;
  const present = readTextIfPresent(path, TEXT_LIMIT);
  const ours = present?.includes(MARK) === true;
  const what = `hook ${name}`;
  const put = (status: InstallStep["status"], detail: string, work: () => void): InstallStep => {
    if (!dryRun) work();
    return { what, status, detail };
  };
  if (uninstall) {
    if (!last || !ours) return { what, status: "unchanged", detail: ours ? "other projects of this repository use it" : "not ours" };
    return put("removed", existsSync(before) ? "the one that was there before is back" : path, () => {
      rmSync(path);
      if (existsSync(before)) renameSync(before, path);
    });
  }
  // A hook manager (husky, lefthook with core.hooksPath) owns that folder, and writes it anew.
  if (elsewhere) return { what, status: "by-hand", detail: `core.hooksPath leads to ${folder}: add the line \`${command} hook ${name} "$@"\` to its ${name} hook` };
  const text = hookText(name, command);
  if (present === text) return { what, status: "unchanged", detail: path };
  if (present !== undefined && !ours && existsSync(before)) {
    return { what, status: "by-hand", detail: `${path} and ${before} are both somebody else's: add the line \`${command} hook ${name} "$@"\` to the first` };
  }
  return put("written", present === undefined || ours ? path : `${path}; what was there is ${name}.before-vibesafe, and runs first`, () => {
    mkdirSync(folder, { recursive: true });
    if (present !== undefined && !ours) renameSync(path, before);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  });
}

/** What is piped in goes to both: the hook that was there before, and ours. */
function hookText(name: HookName, command: string): string {
  return `#!/bin/sh
${MARK}; \`vibe install --uninstall\` takes it away and puts back what was here before.
before="$(dirname "$0")/${name}.before-vibesafe"
input=""
[ -t 0 ] || input="$(cat)"
if [ -x "$before" ]; then printf '%s\\n' "$input" | "$before" "$@" || exit $?; fi
printf '%s\\n' "$input" | ${command} hook ${name} "$@"
`;
}

/** How a shell at the top starts the `vibe` that the project has installed; the one on the PATH where it has none. */
export function commandOf({ top }: ProjectGit, root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    const program = join(folder, "node_modules", "vibesafe", "dist", "bin", "vibe.js");
    if (existsSync(program)) {
      const path = program.startsWith(top) ? program.slice(top.length + 1).replaceAll("\\", "/") : program.replaceAll("\\", "/");
      return `node ${/^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`}`;
    }
    if (folder === top || dirname(folder) === folder) return "vibe";
  }
}
