/**
 * Who did something and when, as commits, tags and reflogs spell it: `Name <email> seconds +hhmm`.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";

export interface Identity {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** Minutes east of UTC; `-0` is git's `-0000`, "zone unknown". */
  readonly offsetMinutes: number;
}

const IDENTITY_PATTERN = /^([^<>\n\0]+) <([^<>\n\0]*)> (0|[1-9][0-9]*) ([+-])([0-9]{2})([0-5][0-9])$/;

/**
 * Reads an identity line.
 *
 * @param where - what the line was found in, for the message
 * @throws VibesafeStoreError when it is not what `git fsck --strict` accepts
 */
export function parseIdentity(line: string, where: string): Identity {
  const match = IDENTITY_PATTERN.exec(line);
  const [, name, email, seconds, sign, hours, minutes] = match ?? [];
  if (name === undefined || email === undefined || !Number.isSafeInteger(Number(seconds))) {
    throw new VibesafeStoreError(`${where}: bad identity ${JSON.stringify(line.slice(0, 200))}`, { remedy: "run `vibe fsck`" });
  }
  const offset = Number(hours) * 60 + Number(minutes);
  return { name, email, seconds: Number(seconds), offsetMinutes: sign === "-" ? -offset : offset };
}

/**
 * Writes an identity line. Name and email lose what git strips from them: `<`, `>`, line feeds, NUL, and blanks and punctuation at the ends.
 *
 * @throws VibesafeStoreError when nothing of the name is left, or the time cannot be written
 */
export function formatIdentity(identity: Identity): string {
  const name = stripCrud(identity.name);
  if (name === "") {
    throw new VibesafeStoreError(`an author needs a name, got ${JSON.stringify(identity.name)}`, {
      remedy: 'run `git config --global user.name "Your Name"` or set GIT_AUTHOR_NAME',
    });
  }
  const { seconds, offsetMinutes } = identity;
  if (!Number.isSafeInteger(seconds) || seconds < 0 || !Number.isInteger(offsetMinutes) || Math.abs(offsetMinutes) >= 100 * 60) {
    throw new VibesafeStoreError(`not a time: ${seconds} seconds, ${offsetMinutes} minutes east`, { remedy: "set the system's clock and zone" });
  }
  const sign = offsetMinutes < 0 || Object.is(offsetMinutes, -0) ? "-" : "+";
  const minutes = Math.abs(offsetMinutes);
  const zone = `${sign}${pad2(Math.floor(minutes / 60))}${pad2(minutes % 60)}`;
  return `${name} <${stripCrud(identity.email)}> ${seconds} ${zone}`;
}

/** What git calls crud: it is cut from both ends of names and emails (ident.c). */
const CRUD_ENDS = /^[\0-\x20.,:;<>"\\']+|[\0-\x20.,:;<>"\\']+$/g;

function stripCrud(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd").replace(/[<>\n\0]/g, "").replace(CRUD_ENDS, "");
}

function pad2(value: number): string {
  return String(value).padStart(2, "0");
}
