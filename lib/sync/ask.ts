/**
 * Asking a host for refs and objects: gitprotocol-v2(5), and gitprotocol-pack(5) for hosts that speak no newer.
 *
 * @module
 */

import { VibesafeRemoteError } from "../errors.ts";
import { parseHostId, type HostId } from "./object-format.ts";
import { cutShort, DELIMITER, FLUSH, packet, printable, textOf, type PacketReader } from "./pkt-line.ts";
import type { RequestBody, Session } from "./session.ts";

const AGENT = "agent=git/vibesafe";

/** The host's refs whose names begin with `prefix`. */
export async function listHostRefs(session: Session, prefix: string): Promise<Map<string, HostId>> {
  if (session.version === 1) return new Map([...session.refs].filter(([name]) => name.startsWith(prefix)));
  const reader = await session.request(bodyOf([packet("command=ls-refs\n"), ...common(session), DELIMITER, packet(`ref-prefix ${prefix}\n`), FLUSH]));
  const refs = new Map<string, HostId>();
  for (let next = await reader.next(); next !== "flush"; next = await reader.next()) {
    if (!(next instanceof Uint8Array)) throw cutShort();
    const [id = "", name = ""] = textOf(next).split(" ");
    // The prefix is a hint that a host may ignore.
    if (name.startsWith(prefix) && id !== "unborn") refs.set(name, parseHostId(session.format, id));
  }
  return refs;
}

export interface Wanted {
  readonly wants: readonly HostId[];
  /** What is here already, with all that it leads to. */
  readonly haves: readonly HostId[];
  /** Told what the host says meanwhile, a line at a time. */
  readonly onMessage?: ((line: string) => void) | undefined;
}

/** The pack that has what is wanted and not here, in pieces. */
export async function* requestPack(session: Session, wanted: Wanted): AsyncGenerator<Uint8Array> {
  const reader = await session.request(session.version === 2 ? requestV2(session, wanted) : requestV1(session, wanted));
  if (session.version === 2) await skipToPack(reader);
  else await skipAnswers(reader);
  yield* sideBand(reader, wanted.onMessage);
}

/** The objects and messages of a side band (gitprotocol-pack(5), "Packfile Data"). */
export async function* sideBand(reader: PacketReader, onMessage: (line: string) => void = () => {}): AsyncGenerator<Uint8Array> {
  let said = "";
  for (let next = await reader.next(); next !== "flush"; next = await reader.next()) {
    if (!(next instanceof Uint8Array)) throw cutShort();
    const rest = next.subarray(1);
    if (next[0] === 1) yield rest;
    if (next[0] === 2) {
      const lines = (said + Buffer.from(rest).toString("utf8")).split("\n");
      said = lines.pop() ?? "";
      // What ends in a carriage return is progress, which the next line is to write over.
      for (const line of lines) sayLine(line, onMessage);
    }
    if (next[0] === 3) throw new VibesafeRemoteError(`the host gave up: ${printable(Buffer.from(rest).toString("utf8"))}`, { remedy: "run the command again; nothing was moved here" });
  }
  sayLine(said, onMessage);
}

function sayLine(line: string, onMessage: (line: string) => void): void {
  const text = printable(line.slice(line.lastIndexOf("\r", line.length - 2) + 1));
  if (text !== "") onMessage(text);
}

function requestV2(session: Session, { wants, haves }: Wanted): RequestBody {
  const lines = [packet("command=fetch\n"), ...common(session), DELIMITER, packet("ofs-delta\n"), packet("no-progress\n")];
  for (const id of wants) lines.push(packet(`want ${id}\n`));
  for (const id of haves) lines.push(packet(`have ${id}\n`));
  return bodyOf([...lines, packet("done\n"), FLUSH]);
}

function requestV1(session: Session, { wants, haves }: Wanted): RequestBody {
  const known = ["side-band-64k", "ofs-delta", "no-progress"].filter((name) => session.capabilities.has(name));
  if (!known.includes("side-band-64k")) throw new VibesafeRemoteError(`${session.shownAs} is too old: it has no side-band-64k`, { remedy: "use a host with git 1.5 or later" });
  if (session.capabilities.has("object-format")) known.push(`object-format=${session.format.name}`);
  if (session.capabilities.has("agent")) known.push(AGENT);
  const lines = wants.map((id, index) => packet(`want ${id}${index === 0 ? ` ${known.join(" ")}` : ""}\n`));
  for (const [index, id] of haves.entries()) lines.push(...(index === 0 ? [FLUSH] : []), packet(`have ${id}\n`));
  return bodyOf([...lines, ...(haves.length === 0 ? [FLUSH] : []), packet("done\n")]);
}

function common(session: Session): Uint8Array[] {
  const lines = session.capabilities.has("agent") ? [packet(`${AGENT}\n`)] : [];
  return session.capabilities.has("object-format") ? [...lines, packet(`object-format=${session.format.name}\n`)] : lines;
}

/** Sections before the pack: acknowledgments, and the commits where a shallow host's history ends. */
async function skipToPack(reader: PacketReader): Promise<void> {
  for (;;) {
    const next = await reader.next();
    if (next === "delimiter") continue;
    if (!(next instanceof Uint8Array)) throw cutShort();
    if (textOf(next) === "packfile") return;
  }
}

/** Version 1 answers what it was told is here: `ACK id` or `NAK`, the last before the pack. */
async function skipAnswers(reader: PacketReader): Promise<void> {
  for (;;) {
    const next = await reader.next();
    if (next === "flush") continue;
    if (!(next instanceof Uint8Array)) throw cutShort();
    const text = textOf(next);
    if (text === "NAK" || /^ACK [0-9a-f]+$/.test(text)) return;
    if (!/^(?:un)?shallow /.test(text)) throw new VibesafeRemoteError(`the host answers ${JSON.stringify(printable(text).slice(0, 80))} where it should acknowledge`, { remedy: "run the command again" });
  }
}

export function bodyOf(parts: readonly Uint8Array[]): RequestBody {
  // One buffer: a request of a few lines must not travel as a few packets.
  const whole = Buffer.concat(parts);
  return { parts: [whole], length: whole.length };
}
