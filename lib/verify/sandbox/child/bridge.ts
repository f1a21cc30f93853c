/**
 * The harness's side of the bridge into a realm: see `realm/host.ts` for its rules.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Console } from "node:console";
import { randomFillSync, randomUUID, webcrypto } from "node:crypto";
import { performance } from "node:perf_hooks";
import { Writable } from "node:stream";
import type { RealmHost, SubtleKind } from "../realm/host.ts";

export interface Bridge {
  readonly host: RealmHost;
  /** What was printed since the last call. */
  readonly takePrinted: () => string;
  /** Whether anything of the machine was asked for and refused. */
  readonly wasDenied: () => boolean;
  /** Timers and Web Crypto calls that may still call back. */
  readonly pending: () => number;
  /** Resolves when one of them has called back. */
  readonly nextEvent: () => Promise<void>;
  /** Stops all timers; nothing calls back any more. */
  readonly close: () => void;
}

const MAX_PRINTED = 1_000_000;

/** @param forPrint - what is printed in place of a value of the realm */
export function makeBridge(uncaught: (error: unknown) => void, forPrint: (value: unknown) => unknown): Bridge {
  let printed = "";
  let closed = false;
  let denied = false;
  let subtlePending = 0;
  let wake: () => void = () => undefined;
  const timers = new Map<number, NodeJS.Timeout | NodeJS.Immediate>();
  let nextTimer = 1;
  const decoders = new WeakMap<object, InstanceType<typeof TextDecoder>>();
  const sink = new Writable({
    decodeStrings: false,
    write(text: unknown, _encoding, done) {
      if (printed.length < MAX_PRINTED) printed += String(text).slice(0, MAX_PRINTED - printed.length);
      done();
    },
  });
  let output: Console | undefined;

  /** Calls `run`; what it throws, ours or theirs, must not reach the realm as an object of ours. */
  const guard = <T>(run: () => T, failed: T): T => {
    try {
      return run();
    } catch {
      return failed;
    }
  };
  const stopTimer = (timer: number): void => {
    const handle = timers.get(timer);
    if (handle === undefined) return;
    timers.delete(timer);
    if ("hasRef" in handle && "refresh" in handle) clearTimeout(handle);
    else clearImmediate(handle as NodeJS.Immediate);
    wake();
  };

  const host: RealmHost = {
    print(method, args) {
      guard(() => {
        output ??= new Console({ stdout: sink, colorMode: false, inspectOptions: { customInspect: false } });
        const write: unknown = Reflect.get(output, method);
        if (typeof write === "function") Reflect.apply(write, output, Array.from({ length: args.length }, (_, i) => forPrint(args[i])));
      }, undefined);
    },
    startTimer(delay, repeats, fire) {
      if (closed) return 0;
      const id = nextTimer++;
      const run = (): void => {
        if (!repeats) timers.delete(id);
        try {
          fire();
        } catch (error) {
          uncaught(error);
        }
        wake();
      };
      timers.set(id, delay < 0 ? setImmediate(run) : repeats ? setInterval(run, delay) : setTimeout(run, delay));
      return id;
    },
    stopTimer,
    now: () => performance.now(),
    uncaught,
    denied: () => {
      denied = true;
    },
    urlParse: (text, base) => guard(() => new URL(text, base).href, "!"),
    urlPart: (href, part) => guard(() => String(Reflect.get(new URL(href), part)), ""),
    urlWith: (href, part, value) =>
      guard(() => {
        const url = new URL(href);
        Reflect.set(url, part, value);
        return url.href;
      }, href),
    queryParse: (text) => JSON.stringify([...new URLSearchParams(text)].flat()),
    queryFormat: (json) => guard(() => new URLSearchParams(JSON.parse(json) as [string, string][]).toString(), ""),
    utf8Length: (text) => Buffer.byteLength(text),
    utf8Into: (text, target) =>
      guard(() => {
        const { read, written } = new TextEncoder().encodeInto(text, target);
        return read * 2 ** 26 + written;
      }, 0),
    decoderNew: (key, label, fatal, ignoreBOM) =>
      guard(() => {
        const decoder = new TextDecoder(label, { fatal, ignoreBOM });
        decoders.set(key, decoder);
        return decoder.encoding;
      }, `!The "${label}" encoding is not supported`),
    decode: (key, bytes, stream) =>
      guard(() => `=${decoders.get(key)?.decode(bytes, { stream }) ?? ""}`, "!The encoded data was not valid for the encoding"),
    atob: (text) => guard(() => `=${atob(text)}`, "!"),
    btoa: (text) => guard(() => `=${btoa(text)}`, "!"),
    randomFill: (target) => guard(() => (randomFillSync(target as NodeJS.ArrayBufferView), true), false),
    randomUUID: () => randomUUID(),
    ...subtleBridge(guard, (by) => {
      subtlePending += by;
      if (by < 0) wake();
    }),
  };

  return {
    host,
    takePrinted() {
      const text = printed;
      printed = "";
      return text;
    },
    wasDenied: () => denied,
    pending: () => timers.size + subtlePending,
    nextEvent: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    close() {
      closed = true;
      for (const timer of timers.keys()) stopTimer(timer);
    },
  };
}

type Guard = <T>(run: () => T, failed: T) => T;

function subtleBridge(guard: Guard, count: (by: number) => void): Pick<RealmHost, "subtle" | "subtleTake" | "subtleStand"> {
  const keys = new WeakMap<object, unknown>();
  const results = new Map<number, unknown>();
  let nextId = 1;

  const keep = (value: unknown): number => {
    results.set(nextId, value);
    return nextId++;
  };
  const visible = (key: webcrypto.CryptoKey): object => ({ type: key.type, extractable: key.extractable, algorithm: key.algorithm, usages: key.usages });
  const present = (value: unknown, settle: (kind: SubtleKind, detail: string, id: number) => void): void => {
    if (value instanceof ArrayBuffer) settle("bytes", String(value.byteLength), keep(new Uint8Array(value)));
    else if (value instanceof webcrypto.CryptoKey) settle("key", JSON.stringify(visible(value)), keep(value));
    else if (typeof value === "object" && value !== null && "publicKey" in value && "privateKey" in value) {
      const [open, secret] = [value.publicKey, value.privateKey] as [webcrypto.CryptoKey, webcrypto.CryptoKey];
      const id = keep(open);
      keep(secret);
      settle("pair", JSON.stringify([visible(open), visible(secret)]), id);
    } else settle("json", JSON.stringify(value), 0);
  };
  const real = (arg: unknown): unknown => {
    if (typeof arg !== "object" || arg === null) return arg;
    const key = keys.get(arg);
    if (key !== undefined) return key;
    // `public` of ECDH is a key inside the algorithm.
    const inner: unknown = Object.getOwnPropertyDescriptor(arg, "public")?.value;
    return typeof inner === "object" && inner !== null && keys.has(inner) ? { ...arg, public: keys.get(inner) } : arg;
  };
  return {
    subtle(method, args, settle) {
      count(1);
      const answer = (kind: SubtleKind, detail: string, id: number): void => {
        guard(() => settle(kind, detail, id), undefined);
        count(-1);
      };
      const fail = (error: unknown): void =>
        answer("error", error instanceof Error ? `${error.name}: ${error.message}` : "OperationError: failed", 0);
      guard(() => {
        const call: unknown = Reflect.get(webcrypto.subtle, method);
        const run = async (): Promise<unknown> => (typeof call === "function" ? Reflect.apply(call, webcrypto.subtle, args.map(real)) : undefined);
        run().then((value) => present(value, answer), fail);
      }, undefined);
    },
    subtleTake(id, target) {
      guard(() => {
        const bytes = results.get(id);
        if (bytes instanceof Uint8Array) Reflect.apply(Uint8Array.prototype.set, target, [bytes]);
        results.delete(id);
      }, undefined);
    },
    subtleStand(id, standIn) {
      keys.set(standIn, results.get(id));
      results.delete(id);
    },
  };
}
