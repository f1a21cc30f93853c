/**
 * The record of operations, `logs/.operations`: what each command that moved refs moved, and whether it did. Local, like the reflogs,
 * and like them no save depends on it.
 *
 * A line says what is about to move, before it moves; a second one what became of it. A process that dies in between leaves the
 * first alone: then the refs themselves tell. Lines are appended in one write each, so that processes need no lock, and begin with a
 * line feed, so that a line that a dying process cut short spoils none but itself. The name begins with a dot because git takes
 * every other file below `logs/` for the reflog of a ref, and rewrites it when it expires reflogs.
 *
 * @module
 */

import { closeSync, fsyncSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureFolder, syncFolder, writeFully } from "../store/durable.ts";
import { errorCode, fileError, readTextIfPresent } from "../store/files.ts";
import { isId, type ObjectId } from "../store/id.ts";
import type { Identity } from "../store/commit.ts";
import type { Store } from "../store/store.ts";

export interface Move {
  readonly ref: string;
  /** Null: there was no such ref. */
  readonly from: ObjectId | null;
  /** Null: it was deleted. */
  readonly to: ObjectId | null;
}

/** One command's moves: all of them happened, or none. */
export interface Operation {
  readonly id: string;
  readonly kind: "operation" | "undo" | "redo";
  /** The operation that this one took back or made again. */
  readonly of?: string;
  readonly command: string;
  readonly who: Identity;
  readonly moves: readonly Move[];
}

/** An operation as the log has it: that it happened, that it did not, or neither, because its process died. */
export interface LoggedOperation extends Operation {
  readonly outcome: "done" | "void" | undefined;
}

const LOG_LIMIT: number = 2 ** 28;

/** Says what is about to happen; it is on the disk when this returns. */
export function logIntent(store: Store, operation: Operation): void {
  append(store, { format: 1, ...operation }, true);
}

/** Says what became of it. Not synced: where this is lost, the refs tell. */
export function logOutcome(store: Store, id: string, outcome: "done" | "void"): void {
  append(store, { id, outcome }, false);
}

/** Every operation, in the order of their intents. What cannot be read is left out: it was cut short, or a newer vibesafe wrote it. */
export function readOperations(store: Store): LoggedOperation[] {
  const text = readTextIfPresent(logPath(store), LOG_LIMIT) ?? "";
  const operations = new Map<string, Operation>();
  const outcomes = new Map<string, "done" | "void">();
  for (const line of text.split("\n")) {
    const record = parseLine(line);
    if (record === undefined) continue;
    if ("outcome" in record) outcomes.set(record.id, record.outcome);
    else operations.set(record.id, record);
  }
  return [...operations.values()].map((operation) => ({ ...operation, outcome: outcomes.get(operation.id) }));
}

function logPath(store: Store): string {
  return join(store.dir, "logs", ".operations");
}

function append(store: Store, record: object, sync: boolean): void {
  const path = logPath(store);
  try {
    const file = openForAppend(path);
    try {
      writeFully(file, Buffer.from(`\n${JSON.stringify(record)}\n`, "utf8"));
      if (sync) fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw errorCode(error) === undefined ? error : fileError("append to", path, error);
  }
}

function openForAppend(path: string): number {
  try {
    return openSync(path, "a");
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    ensureFolder(dirname(path));
    const file = openSync(path, "a");
    syncFolder(dirname(path));
    return file;
  }
}

function parseLine(line: string): Operation | { readonly id: string; readonly outcome: "done" | "void" } | undefined {
  const value = parseObject(line);
  const id = value?.["id"];
  if (value === undefined || typeof id !== "string") return undefined;
  const outcome = value["outcome"];
  if (outcome === "done" || outcome === "void") return { id, outcome };
  const { format, kind, of, command } = value;
  const who = parseWho(value["who"]);
  const moves = Array.isArray(value["moves"]) ? value["moves"].map(parseMove) : [undefined];
  if (format !== 1 || (kind !== "operation" && kind !== "undo" && kind !== "redo") || typeof command !== "string" || who === undefined) return undefined;
  const whole = moves.filter((move) => move !== undefined);
  if (whole.length !== moves.length) return undefined;
  return { id, kind, command, who, moves: whole, ...(typeof of === "string" && { of }) };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (line === "") return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parseMove(value: unknown): Move | undefined {
  if (!isRecord(value)) return undefined;
  const { ref, from, to } = value;
  return typeof ref === "string" && isIdOrNull(from) && isIdOrNull(to) ? { ref, from, to } : undefined;
}

function parseWho(value: unknown): Identity | undefined {
  if (!isRecord(value)) return undefined;
  const { name, email, seconds, offsetMinutes } = value;
  if (typeof name !== "string" || typeof email !== "string" || typeof seconds !== "number" || typeof offsetMinutes !== "number") return undefined;
  return { name, email, seconds, offsetMinutes };
}

function isIdOrNull(value: unknown): value is ObjectId | null {
  return value === null || (typeof value === "string" && isId(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
