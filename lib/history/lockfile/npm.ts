/**
 * `package-lock.json` and `npm-shrinkwrap.json`, versions 2 and 3: what is installed in which folder.
 *
 * @see https://docs.npmjs.com/cli/configuring-npm/package-lock-json
 * @module
 */

import { posix } from "node:path";
import { VibesafeConfigError } from "../../errors.ts";
import { isRecord, optionalIn, rangesIn, recordAt, textIn, type LockedPackage, type LockGraph } from "./graph.ts";

/** @throws VibesafeConfigError when it is none, or of npm 6 */
export function parseNpmLock(text: string, file: string): LockGraph {
  const places = placesIn(text, file);
  const find = (from: string, name: string): string | undefined => {
    for (let folder = from; ; folder = posix.dirname(folder)) {
      const above = folder === "." ? "" : folder;
      const place = posix.join(above, "node_modules", name);
      if (posix.basename(above) !== "node_modules" && places.has(place)) return linked(places, place);
      if (above === "") return undefined;
    }
  };
  const packages = new Map<string, LockedPackage>();
  for (const [place, entry] of places) {
    if (entry["link"] === true) continue;
    const inFolder = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1];
    const names = rangesIn(entry, inFolder === undefined ? undefined : ["dependencies", "optionalDependencies", "peerDependencies"]).map(([name]) => name);
    packages.set(place, {
      name: textIn(entry, "name") ?? inFolder ?? place,
      version: inFolder === undefined ? "" : (textIn(entry, "version") ?? ""),
      integrity: textIn(entry, "integrity") ?? null,
      dependencies: Object.fromEntries(names.flatMap((name) => pair(name, find(place, name)))),
      optional: optionalIn(entry),
    });
  }
  return { packages, resolve: find };
}

type Places = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

function placesIn(text: string, file: string): Places {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new VibesafeConfigError(`${file}: ${cause.message}`, { cause, remedy: "run `npm install`" });
  }
  const packages = isRecord(document) ? document["packages"] : undefined;
  if (packages === undefined) throw new VibesafeConfigError(`${file} is of npm 6 or older, or no lock file`, { remedy: "run `npm install` with npm 7 or newer" });
  return new Map(Object.entries(recordAt(packages, file, "packages")).map(([place, entry]) => [place, recordAt(entry, file, `packages["${place}"]`)]));
}

/** Where a workspace's link leads. */
function linked(places: Places, place: string): string {
  const entry = places.get(place);
  const target = entry?.["link"] === true ? textIn(entry, "resolved") : undefined;
  return target === undefined ? place : posix.normalize(target);
}

function pair(name: string, key: string | undefined): [string, string][] {
  return key === undefined ? [] : [[name, key]];
}
