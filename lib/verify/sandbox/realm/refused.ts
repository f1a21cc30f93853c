/**
 * What code in the sandbox finds where it looks for the machine: modules whose functions all throw, a `process` that knows nothing.
 * User modules may import them for what the unit does not need.
 *
 * @module
 */

type Refuse = (what: string) => never;

/** @param denied - is told before each refusal */
export function makeRefuse(denied: () => void): Refuse {
  return (what) => {
    denied();
    return refuse(what);
  };
}

function refuse(what: string): never {
  throw Object.assign(new Error(`${what} is not available in the sandbox`), { code: "ERR_ACCESS_DENIED" });
}

type Lend = (name: string) => { readonly module: object } | { readonly keys: readonly string[] };

/** What `import` of one of node's modules gives. */
export function requireFrom(lend: Lend, specifier: unknown, refuse: Refuse): object {
  if (typeof specifier !== "string") return refuse("this import");
  const name = specifier.startsWith("node:") ? specifier.slice(5) : specifier;
  const answer = lend(name);
  return "module" in answer ? answer.module : refusedModule(`node:${name}`, answer.keys, refuse);
}

/** A module of that name with these exports, each of which refuses to work. */
function refusedModule(name: string, keys: readonly string[], refuse: Refuse): object {
  const module: Record<string, unknown> = {};
  for (const key of keys) {
    const named = {
      [key]: function (): never {
        return refuse(`${name}: ${key}`);
      },
    };
    module[key] = named[key];
  }
  module["default"] = module;
  return module;
}

export function makeProcess(refuse: Refuse): object {
  const process: Record<string, unknown> = {
    env: Object.freeze({}),
    argv: Object.freeze([]),
    execArgv: Object.freeze([]),
    platform: "sandbox",
    version: "v0.0.0",
    versions: Object.freeze({ node: "0.0.0" }),
    emitWarning(): void {},
    cwd: (): string => "/",
    on: (): object => process,
    once: (): object => process,
    off: (): object => process,
    nextTick(callback: (...args: unknown[]) => void, ...args: unknown[]): void {
      queueMicrotask(() => callback(...args));
    },
  };
  for (const name of ["exit", "abort", "kill", "binding", "dlopen", "chdir", "reallyExit", "getBuiltinModule"]) {
    process[name] = { [name]: (): never => refuse(`process.${name}`) }[name];
  }
  return process;
}
