/**
 * Giving a host objects and moving its refs (gitprotocol-pack(5), "Pushing Data To a Server").
 *
 * @module
 */

import { VibesafeRemoteError } from "../errors.ts";
import { sideBand } from "./ask.ts";
import type { HostId } from "./object-format.ts";
import { cutShort, FLUSH, packet, PacketReader, printable, textOf } from "./pkt-line.ts";
import type { RequestBody, Session } from "./session.ts";

export interface HostMove {
  readonly name: string;
  /** What the host must hold now; the null id for "no such ref". */
  readonly from: HostId;
  readonly to: HostId;
}

/** What became of a ref; undefined: it moved. */
export type Refusal = string | undefined;

export interface Giving {
  readonly pack: RequestBody;
  readonly onMessage?: ((line: string) => void) | undefined;
  /** Called when all is on its way: what need not wait for the host is done while it works. */
  readonly onSent?: () => void;
}

/**
 * Sends a pack and the moves that need it.
 *
 * @returns why each ref did not move, where it did not
 * @throws VibesafeRemoteError when the host breaks off or takes no pack: then its refs may be looked at, but nothing more is known
 */
export async function givePack(session: Session, moves: readonly HostMove[], { pack, onMessage, onSent = () => {} }: Giving): Promise<Map<string, Refusal>> {
  const known = ["report-status", "side-band-64k", "atomic", "quiet"].filter((name) => session.capabilities.has(name));
  if (!known.includes("report-status")) throw new VibesafeRemoteError(`${session.shownAs} does not tell what became of a push`, { remedy: "use a host with git 1.5 or later" });
  if (session.capabilities.has("object-format")) known.push(`object-format=${session.format.name}`);
  if (session.capabilities.has("agent")) known.push("agent=git/vibesafe");
  const lines = moves.map(({ from, to, name }, index) => packet(`${from} ${to} ${name}${index === 0 ? `\0 ${known.join(" ")}` : ""}\n`));
  const head = Buffer.concat([...lines, FLUSH]);
  let sent = (): void => {};
  const sending = new Promise<void>((resolve) => (sent = resolve));
  const answering = session.request({ parts: joined(head, pack.parts, () => setImmediate(sent)), length: head.length + pack.length });
  // A host that has heard enough may answer before.
  const [reader] = await Promise.all([answering, Promise.race([sending, answering]).then(onSent)]);
  const report = known.includes("side-band-64k") ? new PacketReader(sideBand(reader, onMessage)) : reader;
  return readReport(report, moves);
}

function* joined(head: Uint8Array, rest: Iterable<Uint8Array>, onEnd: () => void): Generator<Uint8Array> {
  yield head;
  yield* rest;
  onEnd();
}

async function readReport(reader: PacketReader, moves: readonly HostMove[]): Promise<Map<string, Refusal>> {
  const first = await reader.line();
  if (first === undefined) throw cutShort();
  if (first !== "unpack ok") throw new VibesafeRemoteError(`the host did not take the objects: ${printable(first.replace(/^unpack /, ""))}`, { remedy: "run the command again; nothing was moved" });
  const results = new Map<string, Refusal>();
  for (let next = await reader.next(); next instanceof Uint8Array; next = await reader.next()) {
    const [, status, name, why] = /^(ok|ng) (\S+)(?: (.*))?$/.exec(textOf(next)) ?? [];
    if (name !== undefined) results.set(name, status === "ok" ? undefined : printable(why ?? "no reason given"));
  }
  for (const { name } of moves) if (!results.has(name)) throw cutShort();
  return results;
}
