/**
 * One endpoint at work: bind, call, check what comes back.
 *
 * @module
 */

import { VibesafeUsageError, VibesafeValidationError } from "../errors.ts";
import { compileBind, type Binder } from "./bind.ts";
import { compileSchemaBind } from "./bind-schema.ts";
import { compileCheck, type Failure, type Run } from "./check.ts";
import type { Contract } from "./contract.ts";
import { pointerTo, problem, type Answer } from "./problem.ts";
import type { Endpoint } from "./registry.ts";
import { readBody, type Body, type Incoming, type Params } from "./request.ts";

/** What went wrong inside, for the log and never for the client. */
export interface Fault {
  readonly unit: string;
  /** H_chk; undefined in dev. */
  readonly checkpoint: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly error: unknown;
}

export interface ServeOptions {
  /** Bytes that a body may have; 1 MiB if not given. */
  readonly maxBody?: number | undefined;
  /** Is told of every 500; writes to `console.error` if not given. */
  readonly onError?: ((fault: Fault) => void) | undefined;
}

export interface Served {
  readonly endpoint: Endpoint;
  readonly contract: Contract;
  readonly answer: (incoming: Incoming, params: Params) => Promise<Answer>;
}

const MAX_BODY = 1024 * 1024;
const OK: Answer["headers"] = Object.freeze({ "content-type": "application/json" });
const NO_BODY: Body = Object.freeze({ value: undefined });
const NOTHING: Answer = Object.freeze({ status: 204, body: null, headers: Object.freeze({}) });

/** Prepares an endpoint to be served. */
export function serve(endpoint: Endpoint, { maxBody = MAX_BODY, onError = logFault }: ServeOptions): Served {
  const contract = endpoint.contract();
  if ((contract.rest !== null && endpoint.input === undefined) || (contract.result === null && endpoint.output === undefined)) {
    throw new VibesafeUsageError(`${endpoint.unit} is to be served without the schemas that its spec names`, { unit: endpoint.unit, remedy: "import the file of its spec" });
  }
  const { readsBody, bind }: Binder = endpoint.input === undefined ? compileBind(contract) : compileSchemaBind(contract, endpoint.input);
  const send = compileSend(endpoint, contract);
  const call = endpoint.handler as (...args: readonly unknown[]) => unknown;
  const fault = (error: unknown): Answer => {
    try {
      onError({ unit: endpoint.unit, checkpoint: endpoint.checkpoint, method: contract.method, path: contract.path, error });
    } catch (second) {
      // A log that fails must not fail the server.
      console.error(second);
    }
    return problem(500);
  };
  const answer = async (incoming: Incoming, params: Params): Promise<Answer> => {
    try {
      // Promises that need not be are left out: they are what a request costs beyond what it does.
      const body = readsBody ? await readBody(incoming, maxBody) : NO_BODY;
      if ("answer" in body) return body.answer;
      const binding = bind(incoming, params, body.value);
      const bound = binding instanceof Promise ? await binding : binding;
      if ("answer" in bound) return bound.answer;
      let result: unknown;
      try {
        result = await call(...bound.args);
      } catch (error) {
        return refusalOf(error) ?? fault(error);
      }
      const sent = send(result);
      return sent instanceof Promise ? await sent : sent;
    } catch (error) {
      return fault(error);
    }
  };
  return { endpoint, contract, answer };
}

/** The answer that an error with a `status` from 400 to 499 asks for: its message is for the client. */
function refusalOf(error: unknown): Answer | undefined {
  if (typeof error !== "object" || error === null || !("status" in error) || !("message" in error)) return undefined;
  const { status, message } = error;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 400 || status > 499) return undefined;
  return problem(status, typeof message === "string" && message !== "" ? message : undefined);
}

/** Checks a result by the output schema or the result's type, and writes it. @throws VibesafeValidationError when it does not fit */
function compileSend({ unit, output }: Endpoint, { result: type, defs }: Contract): (result: unknown) => Answer | Promise<Answer> {
  if (output !== undefined) {
    return async (result) => {
      const checked = await output["~standard"].validate(result);
      if (checked.issues === undefined) return written(unit, checked.value);
      throw misfit(unit, checked.issues.map(({ path = [], message }) => `${pointerTo(path.map((part) => (typeof part === "object" ? part.key : part)))} ${message}`));
    };
  }
  if (type === "none") return () => NOTHING;
  const check = compileCheck(type ?? {}, defs);
  return (result) => {
    const run: Run = { path: [], failures: [] };
    const copy = check(result, run);
    if (run.failures.length > 0) throw misfit(unit, run.failures.map(({ path, detail }: Failure) => `${pointerTo(path)} ${detail}`));
    return written(unit, copy);
  };
}

function written(unit: string, value: unknown): Answer {
  const body: string | undefined = JSON.stringify(value);
  if (body === undefined) throw misfit(unit, ["# is no JSON"]);
  return { status: 200, body, headers: OK };
}

function misfit(unit: string, reasons: readonly string[]): VibesafeValidationError {
  const shown = reasons.slice(0, 5).join("; ");
  return new VibesafeValidationError(`${unit} returned what its spec does not declare: ${shown}`, {
    unit,
    remedy: `add an example that shows it, then run \`vibe compile --force --target ${unit}\``,
  });
}

/** Where no other log is given. */
export function logFault({ unit, checkpoint, method, path, error }: Fault): void {
  console.error(`vibesafe: ${method} ${path}: ${unit}@${checkpoint?.slice(0, 12) ?? "dev"} failed:`, error);
}
