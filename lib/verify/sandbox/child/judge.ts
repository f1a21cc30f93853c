/**
 * The four rules: what a statement did, against what its example expects.
 *
 * @module
 */

import { inspect, isDeepStrictEqual, types } from "node:util";
import type { Problem, StepExpectation, Thrown } from "../protocol.ts";
import { classNameOf, ownData, prototypes, Refusal } from "./safe-read.ts";
import { errorName, errorText, show } from "./snapshot.ts";
import { matchesText, withoutTrailingBlanks } from "./text-match.ts";

export type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "thrown"; readonly value: unknown }
  | { readonly kind: "pending"; readonly reason: string };

export interface Judging {
  readonly expected: StepExpectation;
  readonly outcome: Outcome;
  readonly printed: string;
  /** Copies a value of the realm under test into ours. */
  readonly snapshot: (value: unknown) => unknown;
  /** Copy of the value of the expected expression, as it was made before the code under test had a say. */
  readonly expectedValue: () => Outcome;
  /** The value that it has now. */
  readonly expectedNow: () => Outcome;
}

const MAX_TEXT = 4000;

/** Why the outcome is not what is expected; undefined when it is. */
export function judge(judging: Judging): Problem | undefined {
  try {
    return judgeOutcome(judging);
  } catch (error) {
    if (error instanceof Refusal) return { kind: "refused", reason: error.reason };
    if (error instanceof RangeError) return { kind: "refused", reason: "the value is nested too deeply, or too large, to compare" };
    throw error;
  }
}

function judgeOutcome({ expected, outcome, printed, snapshot, expectedValue, expectedNow }: Judging): Problem | undefined {
  if (outcome.kind === "pending") return { kind: "pending", reason: outcome.reason };
  if (expected.kind === "throws" || expected.kind === "throwsValue") {
    const wanted = expected.kind === "throws" ? `${expected.name}: ${expected.message}` : undefined;
    if (expected.kind === "throws" && outcome.kind === "thrown") {
      return isError(outcome.value, expected) ? undefined : { kind: "wrongError", expected: wanted ?? "", error: describe(outcome.value) };
    }
    const value = wanted === undefined ? expectedValue() : undefined;
    if (value?.kind === "thrown") return { kind: "expectation", error: describe(value.value) };
    const shown = wanted ?? cut(show(value?.kind === "value" ? value.value : undefined));
    if (outcome.kind !== "thrown") return { kind: "noError", expected: shown, received: received(outcome.value, snapshot) };
    if (value?.kind === "value" && isDeepStrictEqual(snapshot(outcome.value), value.value)) return undefined;
    return { kind: "wrongError", expected: shown, error: describe(outcome.value) };
  }
  if (outcome.kind === "thrown") return { kind: "threw", error: describe(outcome.value), expected: expected.kind === "output" ? expected.text : undefined };
  if (expected.kind === "none") return undefined;
  const { value } = outcome;
  if (value === undefined && printed !== "") {
    return matchesText(expected.text, printed) ? undefined : { kind: "printed", expected: expected.text, received: cut(withoutTrailingBlanks(printed)) };
  }
  if (expected.expression) {
    const wanted = expectedValue();
    if (wanted.kind === "thrown") return { kind: "expectation", error: describe(wanted.value) };
    const copy = snapshot(value);
    if (wanted.kind === "value" && isDeepStrictEqual(copy, wanted.value)) return undefined;
    const now = expectedNow();
    const changed = now.kind === "value" && now.value !== undefined && isDeepStrictEqual(copy, now.value);
    return { kind: "value", expected: wanted.kind === "value" ? cut(show(wanted.value)) : "", received: received(value, snapshot), ...(changed && { changed }) };
  }
  const text = types.isPromise(value) ? inspect(value, { customInspect: false }) : show(snapshot(value));
  return matchesText(expected.text, text) ? undefined : { kind: "inspected", expected: expected.text, received: cut(text) };
}

function isError(thrown: unknown, { name, message }: { readonly name: string; readonly message: string }): boolean {
  if (!types.isNativeError(thrown)) return false;
  const text = ownData(thrown, "message");
  if (!matchesText(message, typeof text === "string" ? text : "")) return false;
  if (errorName(thrown) === name) return true;
  const proto = prototypes(thrown).next().value;
  return proto !== undefined && classNameOf(proto) === name;
}

/** An error, or anything thrown, in words. */
export function describe(thrown: unknown): Thrown {
  if (types.isNativeError(thrown)) return { text: cut(errorText(thrown)), stack: stackOf(thrown) };
  if (typeof thrown === "object" && thrown !== null) return { text: types.isProxy(thrown) ? "a Proxy" : cut(inspect(thrown, { customInspect: false })), stack: "" };
  return { text: cut(inspect(thrown)), stack: "" };
}

function stackOf(error: Error): string {
  try {
    // The one property that may run code of theirs (`Error.prepareStackTrace`); its text is shown, never judged.
    const { stack } = error;
    return typeof stack === "string" ? stack.slice(0, 4 * MAX_TEXT) : "";
  } catch {
    // Whatever their code throws here: there is no stack to show.
    return "";
  }
}

function received(value: unknown, snapshot: (value: unknown) => unknown): string {
  if (types.isPromise(value)) return "a Promise (the example does not await it)";
  return cut(show(snapshot(value)));
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;
}
