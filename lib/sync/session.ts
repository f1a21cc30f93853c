/**
 * A conversation with a host, by whichever way it is reached.
 *
 * @module
 */

import { VibesafeRemoteError } from "../errors.ts";
import { formatNamed, parseHostId, type HostId, type ObjectFormat } from "./object-format.ts";
import { textOf, type PacketReader } from "./pkt-line.ts";

/** `git-upload-pack` gives objects, `git-receive-pack` takes them. */
export type Service = "upload-pack" | "receive-pack";

/** What a host says first (gitprotocol-pack(5), gitprotocol-v2(5)). */
export interface Greeting {
  /** 1 stands for 0 as well: they differ in one line. */
  readonly version: 1 | 2;
  readonly capabilities: ReadonlyMap<string, string>;
  readonly format: ObjectFormat;
  /** Of version 1: every ref that it shows. */
  readonly refs: ReadonlyMap<string, HostId>;
  /** Of version 1: commits whose parents the host does not have. */
  readonly shallow: ReadonlySet<HostId>;
}

export interface Session extends Greeting {
  /** What messages call the host. */
  readonly shownAs: string;
  /** Whether one pack is all that it can be asked for. */
  readonly once: boolean;
  /** Sends a request, gives the answer. */
  request(body: RequestBody): Promise<PacketReader>;
  /** Ends the conversation, whether or not anything was asked. */
  close(): Promise<void>;
}

export interface RequestBody {
  readonly parts: Iterable<Uint8Array>;
  /** Bytes of all parts. */
  readonly length: number;
}

/** @param lines - `key` or `key=value` */
export function parseCapabilities(lines: Iterable<string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf("=");
    if (line !== "") found.set(at === -1 ? line : line.slice(0, at), at === -1 ? "" : line.slice(at + 1));
  }
  return found;
}

/** A version 1 greeting from its refs as spelled; `shallow` lines and the stand-in for "no refs" are told apart. */
export function greetingOf(capabilities: ReadonlyMap<string, string>, lines: Iterable<readonly [id: string, name: string]>): Greeting {
  const format = formatNamed(capabilities.get("object-format"));
  const refs = new Map<string, HostId>();
  const shallow = new Set<HostId>();
  for (const [id, name] of lines) {
    if (id === "shallow") shallow.add(parseHostId(format, name));
    else if (name !== "capabilities^{}" && !name.endsWith("^{}")) refs.set(name, parseHostId(format, id));
  }
  return { version: 1, capabilities, format, refs, shallow };
}

/** Reads the greeting of a host that is reached through a pipe. */
export async function readGreeting(reader: PacketReader, shownAs: string): Promise<Greeting> {
  const lines: string[] = [];
  for (let next = await reader.next(); next !== "flush"; next = await reader.next()) {
    if (!(next instanceof Uint8Array)) throw new VibesafeRemoteError(`${shownAs} closed the connection`, { remedy: "check the remote's URL with `vibe remote list`, and that you may read it" });
    lines.push(textOf(next));
  }
  if (lines[0] === "version 2") {
    const capabilities = parseCapabilities(lines.slice(1));
    return { version: 2, capabilities, format: formatNamed(capabilities.get("object-format")), refs: new Map(), shallow: new Set() };
  }
  if (lines[0] === "version 1") lines.shift();
  const capabilities = parseCapabilities(lines[0]?.split("\0")[1]?.split(" ") ?? []);
  return greetingOf(capabilities, lines.map((line) => splitRef(line.split("\0")[0] ?? "")));
}

function splitRef(line: string): readonly [string, string] {
  const space = line.indexOf(" ");
  return [line.slice(0, space), line.slice(space + 1)];
}
