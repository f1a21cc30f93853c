/**
 * What the operating system can put around a sandbox child, with the programs that it comes with: node itself can neither leave a
 * namespace nor give up a right.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * `network`: a namespace without any interface. `files`: a root that holds the system's programs and libraries and node's folder, read
 * only, and nothing else: no home, no project, no /proc, no /tmp. `processes`: a namespace in which nobody else can be seen or signalled.
 * `privileges`: no capability, and no way to gain any. `limits`: no core dump, no file of any size, few descriptors, ten minutes of
 * processor time. `parentDeath`: the kernel ends the child when its parent dies.
 */
export type SystemLayer = "network" | "files" | "processes" | "privileges" | "limits" | "parentDeath";

export interface Wrapper {
  /** Program and arguments in front of node's. */
  readonly prefix: readonly string[];
  readonly layers: Readonly<Record<SystemLayer, boolean>>;
}

const NONE = { network: false, files: false, processes: false, privileges: false, limits: false, parentDeath: false };

export const NO_WRAPPER: Wrapper = { prefix: [], layers: NONE };

/** A child whose parent is gone, and which never reads again, ends by itself. */
const SHELL_LIMITS = 'ulimit -c 0; ulimit -f 0; ulimit -n 64; ulimit -t 600; exec "$0" "$@"';

/**
 * Makes the root in a mount namespace, over /sys, and goes there; then no namespace can be made inside, in which it would be root again.
 * Arguments: node, then the command to run in it.
 */
const SHELL_FILES = `r=/sys; n=$0
mount -t tmpfs -o size=64k,mode=755 tmpfs "$r" || exit 1
for d in /usr /bin /lib /lib64 /lib32 /nix/store /gnu/store "\${n%/*}"; do
  if [ -e "$r$d" ]; then continue; fi
  if [ -L "$d" ]; then mkdir -p "$r\${d%/*}" && ln -s "$(readlink "$d")" "$r$d" || exit 1
  elif [ -d "$d" ]; then mkdir -p "$r$d" && mount --rbind -o ro "$d" "$r$d" || exit 1; fi
done
mount -o remount,ro "$r" && echo 0 > /proc/sys/user/max_user_namespaces || exit 1
exec chroot "$r" "$@"`;

let probed: Wrapper | undefined;

/** The best wrapper that works here, tried out once per process. */
export function systemWrapper(): Wrapper {
  return (probed ??= candidates().find(works) ?? NO_WRAPPER);
}

/** From the strongest on. */
function candidates(): Wrapper[] {
  if (process.platform === "win32") return [];
  const [unshare, setpriv, sh, chroot] = ["unshare", "setpriv", "sh", "chroot"].map(findProgram);
  const limits = sh === undefined ? [] : [sh, "-c", SHELL_LIMITS];
  const plain: Wrapper = { prefix: limits, layers: { ...NONE, limits: limits.length > 0 } };
  if (process.platform !== "linux") return [plain];
  const death = setpriv === undefined ? [] : [setpriv, "--pdeathsig", "KILL", "--"];
  const noPrivileges = setpriv === undefined ? [] : [setpriv, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"];
  // Setting the signal comes after the namespace: who gains rights, as its root does, loses it. Dropping them does no harm.
  const build = (before: readonly string[], processes: readonly string[], layers: Partial<Wrapper["layers"]>): Wrapper => ({
    prefix: [...before, ...death, ...processes, ...noPrivileges, ...limits],
    layers: { ...plain.layers, ...layers, processes: processes.length > 0, privileges: noPrivileges.length > 0, parentDeath: death.length > 0 },
  });
  const found: Wrapper[] = [];
  if (unshare !== undefined) {
    // The parent watches the memory of the process inside, which it finds there.
    const processes = existsSync(`/proc/${process.pid}/task/${process.pid}/children`) ? [unshare, "-p", "--fork", "--kill-child=KILL", "--"] : [];
    if (sh !== undefined && chroot !== undefined) {
      found.push(build([unshare, "-rnmiu", "--", sh, "-c", SHELL_FILES, process.execPath], processes, { network: true, files: true }));
    }
    found.push(build([unshare, "-rniu", "--"], processes, { network: true }), build([unshare, "-rn", "--"], [], { network: true }));
    if (setpriv !== undefined) found.push({ prefix: [unshare, "-rn", "--", ...limits], layers: { ...plain.layers, network: true } });
  }
  // Without a namespace of its own only root could give up capabilities.
  if (setpriv !== undefined) found.push({ prefix: [setpriv, "--no-new-privs", "--pdeathsig", "KILL", "--", ...limits], layers: { ...plain.layers, parentDeath: true } });
  return [...found, plain];
}

function works({ prefix }: Wrapper): boolean {
  const [command, ...args] = prefix;
  if (command === undefined) return false;
  return spawnSync(command, [...args, process.execPath, "--version"], { stdio: "ignore", env: {}, cwd: "/", timeout: 10_000, killSignal: "SIGKILL" }).status === 0;
}

function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/bin", "/bin"];
  return folders.filter((folder) => folder.startsWith("/")).map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      // Not here, or not ours to run.
      return false;
    }
  });
}
