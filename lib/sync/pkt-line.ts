/**
 * Pkt-lines, the framing of git's protocols (gitprotocol-common(5), "pkt-line Format").
 *
 * @module
 */

import { VibesafeRemoteError } from "../errors.ts";

export const FLUSH: Uint8Array = Buffer.from("0000");
export const DELIMITER: Uint8Array = Buffer.from("0001");

/** The most that one line carries. */
const LONGEST = 65516;

/** One line, framed. */
export function packet(content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  if (bytes.length > LONGEST) throw new RangeError(`a pkt-line of ${bytes.length} bytes`);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0"), "latin1"), bytes]);
}

/** A line's content; or what separates lines; or undefined, when the other side has closed. */
export type Packet = Uint8Array | "flush" | "delimiter" | "end" | undefined;

/** Reads pkt-lines off a stream that comes in pieces. */
export class PacketReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** @throws VibesafeRemoteError when the stream ends inside a line, or is no stream of pkt-lines */
  async next(): Promise<Packet> {
    const head = await this.#take(4, true);
    if (head === undefined) return undefined;
    const text = Buffer.from(head).toString("latin1");
    const length = /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : 3;
    if (length === 0) return "flush";
    if (length === 1) return "delimiter";
    if (length === 2) return "end";
    if (length < 4) throw new VibesafeRemoteError(`the answer is not git's protocol: ${JSON.stringify(text)}`, { remedy: "check the remote's URL with `vibe remote list`" });
    return this.#take(length - 4, false);
  }

  /** The next line as text without its line feed; undefined for everything else. @throws VibesafeRemoteError for a line that says `ERR` */
  async line(): Promise<string | undefined> {
    const next = await this.next();
    return next instanceof Uint8Array ? textOf(next) : undefined;
  }

  async #take(length: number, mayEnd: boolean): Promise<Uint8Array | undefined> {
    if (this.#rest.length < length) {
      const parts = [this.#rest];
      let have = this.#rest.length;
      while (have < length) {
        const { done, value } = await this.#source.next();
        if (done === true) {
          if (mayEnd && have === 0) return undefined;
          throw cutShort();
        }
        parts.push(value);
        have += value.length;
      }
      this.#rest = Buffer.concat(parts);
    }
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

/** The text of a line. @throws VibesafeRemoteError when it is the host's way to say that it will not */
export function textOf(line: Uint8Array): string {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString("utf8").replace(/\n$/, "");
  if (text.startsWith("ERR ")) throw new VibesafeRemoteError(`the host says: ${printable(text.slice(4))}`, { remedy: "see what it asks for, then run the command again" });
  return text;
}

/** What a host says, as one line that a terminal can be shown. */
export function printable(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f]+/g, " ").trim().slice(0, 2000);
}

export function cutShort(): VibesafeRemoteError {
  return new VibesafeRemoteError("the host's answer breaks off", { remedy: "run the command again; nothing was moved here" });
}
