/**
 * The table `[gates]` of `vibesafe.toml`: which checks there are beyond those that always run.
 *
 * @module
 */

export interface GatesConfig {
  /** Whether branches that no example reaches are looked for, shown, or refused. */
  readonly coverage: "off" | "show" | "gate";
  /** Where given, the mutation check is a gate. */
  readonly mutation?: MutationConfig;
  /** Commands of the user's own, in the order of the file. They run outside the sandbox. */
  readonly command: readonly GateCommand[];
}

export interface MutationConfig {
  /** Least share of mutants that the examples must notice, in percent. */
  readonly threshold: number;
  /** Most mutants of a unit that are tried. */
  readonly limit: number;
}

export interface GateCommand {
  /** Of the gate. */
  readonly name: string;
  /** Program and arguments. */
  readonly run: readonly string[];
  /** In seconds, for all units together. */
  readonly timeout: number;
}

/** Mutants of a unit that are tried where nothing else is said. */
export const MUTANT_LIMIT = 100;

const COMMAND_TIMEOUT = 60;

/** Names of gates that are always there: a command cannot take them. */
const TAKEN = ["examples", "types", "lint", "properties", "coverage", "mutation"];

type Check = (value: unknown) => string | undefined;

/** What each key of `[gates]` must be; the answer is undefined, or what was wanted in words. */
export const GATES_SHAPE: Readonly<Record<string, Check>> = {
  coverage: (value) => (value === "off" || value === "show" || value === "gate" ? undefined : 'one of "off", "show", "gate"'),
  mutation: (value) => {
    const { threshold, limit, ...others } = tableOf(value) ?? { wrong: true };
    const fine = isBetween(threshold, 0, 100) && (limit === undefined || (Number.isSafeInteger(limit) && isBetween(limit, 1, 100_000))) && Object.keys(others).length === 0;
    return fine ? undefined : "{ threshold = PERCENT } with an optional whole limit from 1, as in { threshold = 80, limit = 100 }";
  },
  command: (value) => {
    const wanted = `tables [[gates.command]] with name, run = ["PROGRAM", …] and an optional timeout in seconds`;
    if (!Array.isArray(value)) return wanted;
    const names = new Set<unknown>();
    for (const item of value) {
      const { name, run, timeout, ...others } = tableOf(item) ?? { wrong: true };
      const isName = typeof name === "string" && /^[a-z][a-z0-9-]{0,63}$/.test(name);
      const isRun = Array.isArray(run) && run.length > 0 && run.every((part) => typeof part === "string") && run[0] !== "";
      if (!isName || !isRun || (timeout !== undefined && !isBetween(timeout, 0.001, 86_400)) || Object.keys(others).length > 0) return `${wanted}; a name is lower case, as in "no-todo"`;
      if (TAKEN.includes(name)) return `${wanted}; ${JSON.stringify(name)} is a gate that is always there`;
      if (names.has(name)) return `${wanted}; ${JSON.stringify(name)} stands there twice`;
      names.add(name);
    }
    return undefined;
  },
};

/** The checked table with its defaults. */
export function gatesConfigOf(table: Readonly<Record<string, unknown>> | undefined): GatesConfig {
  const given = (table ?? {}) as { coverage?: GatesConfig["coverage"]; mutation?: Partial<MutationConfig>; command?: readonly (Omit<GateCommand, "timeout"> & Partial<GateCommand>)[] };
  return {
    coverage: given.coverage ?? "show",
    ...(given.mutation !== undefined && { mutation: { threshold: given.mutation.threshold ?? 0, limit: given.mutation.limit ?? MUTANT_LIMIT } }),
    command: (given.command ?? []).map(({ name, run, timeout = COMMAND_TIMEOUT }) => ({ name, run, timeout })),
  };
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : undefined;
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}
