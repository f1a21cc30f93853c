/**
 * The dates that git takes in `GIT_AUTHOR_DATE` and its kin (git-commit(1), "DATE FORMATS"), as far as they name one moment.
 *
 * @module
 */

export interface GitDate {
  /** Since 1970. */
  readonly seconds: number;
  /** East of UTC. */
  readonly offsetMinutes: number;
}

/** Reads `<seconds> <±hhmm>`, `@<seconds>`, ISO 8601 or RFC 2822; undefined for anything else. */
export function parseDate(text: string): GitDate | undefined {
  const trimmed = text.trim();
  const internal = /^@?(\d{1,15})(?: ([+-]\d{4}))?$/.exec(trimmed);
  // Git, too, takes fewer than nine digits for a calendar date unless `@` stands before them.
  if (internal !== null && (trimmed.startsWith("@") || (internal[1] ?? "").length >= 9)) {
    return { seconds: Number(internal[1]), offsetMinutes: offsetOf(internal[2]) ?? 0 };
  }
  const iso = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)? ?(Z|[+-]\d{2}:?\d{2})?$/.exec(trimmed);
  if (iso !== null) return fromParts(`${iso[1] ?? ""}T${iso[2] ?? ""}`, iso[3]);
  if (/^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? [+-]\d{4}$/.test(trimmed)) {
    const milliseconds = Date.parse(trimmed);
    return Number.isNaN(milliseconds) ? undefined : { seconds: milliseconds / 1000, offsetMinutes: offsetOf(trimmed.slice(-5)) ?? 0 };
  }
  return undefined;
}

/** @param local - date and time without zone; @param zone - absent means the local time zone, as in git */
function fromParts(local: string, zone: string | undefined): GitDate | undefined {
  const offset = offsetOf(zone);
  const milliseconds = Date.parse(offset === undefined ? local : `${local}Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  const offsetMinutes = offset ?? 0 - new Date(milliseconds).getTimezoneOffset();
  return { seconds: Math.floor(milliseconds / 1000) - (offset ?? 0) * 60, offsetMinutes };
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  if (zone === "Z") return 0;
  const digits = zone.slice(1).replace(":", "");
  return (zone.startsWith("-") ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}

/** ISO 8601 with the zone it was written in, as `git log --date=iso-strict` has it. */
export function isoDate(date: GitDate): string {
  const { day, time, zone } = parts(date);
  return `${day}T${time}${zone}`;
}

/** For people: `2025-10-30 12:34:56 +0000`. */
export function formatDate(date: GitDate): string {
  const { day, time, zone } = parts(date);
  return `${day} ${time} ${zone.replace(":", "")}`;
}

function parts({ seconds, offsetMinutes }: GitDate): { day: string; time: string; zone: string } {
  const local = new Date((seconds + offsetMinutes * 60) * 1000).toISOString();
  const minutes = Math.abs(offsetMinutes);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return { day: local.slice(0, 10), time: local.slice(11, 19), zone: `${offsetMinutes < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}` };
}

/** A date in one of git's styles (git-log(1), `--date`); undefined for a style that is not known. */
export function formatGitDate(date: GitDate, style: string): string | undefined {
  const { day, time, zone } = parts(date);
  const plainZone = zone.replace(":", "");
  switch (style) {
    case "default": {
      // `Tue, 14 Nov 2023 22:13:20 GMT`
      const [weekday = "", , month = ""] = new Date((date.seconds + date.offsetMinutes * 60) * 1000).toUTCString().split(" ");
      return `${weekday.replace(",", "")} ${month} ${Number(day.slice(8))} ${time} ${day.slice(0, 4)} ${plainZone}`;
    }
    case "iso":
    case "iso8601":
      return `${day} ${time} ${plainZone}`;
    case "iso-strict":
    case "iso8601-strict":
      return isoDate(date);
    case "short":
      return day;
    case "unix":
      return String(date.seconds);
    case "raw":
      return `${date.seconds} ${plainZone}`;
    default:
      return undefined;
  }
}
