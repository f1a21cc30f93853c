/**
 * The units of a project with their spec hashes, remembered between runs.
 *
 * What is remembered rests on facts that are checked each time, without parsing: stamps of files, listings of folders, what imports of
 * packages lead to. A unit whose facts all hold has its hash; any other is read and hashed when its hash is asked for.
 *
 * @module
 */

import { dirname } from "node:path";
import { VibesafeConfigError, VibesafeError } from "../errors.ts";
import type { BlobId } from "../store/id.ts";
import { countExamples } from "./count-examples.ts";
import { hashWithSources } from "./hash.ts";
import { perWorkspace } from "./per-workspace.ts";
import { checkFiles, createClock, isRacy, TICK_MS, type FileCheck } from "./project-index/check.ts";
import { decodeIndex, encodeIndex, type FileEntry, type IndexRows, type SpecEntry, type SpecHash } from "./project-index/entries.ts";
import type { Folders } from "./project-index/folders.ts";
import { readIndex, writeIndex } from "./project-index/index-file.ts";
import { indexKey } from "./project-index/key.ts";
import { lookupsOf, type Lookup } from "./project-index/lookups.ts";
import { factsOf } from "./project-index/facts.ts";
import { currentSources } from "./project-index/sources.ts";
import { readMentioning, sortScan, withoutClashes } from "./scan.ts";
import { readTemplate } from "./template.ts";
import type { HashedSpec, Spec, SpecProblem, UnitId } from "./types.ts";
import type { Workspace } from "./workspace.ts";

/** A unit as far as a scan tells; the rest is worked out when it is asked for. */
export interface IndexedUnit extends Pick<Spec, "id" | "name" | "kind" | "file" | "line"> {
  /** How many examples expect something. */
  readonly examples: number;
  /** H_spec. @throws VibesafeError as `hashSpec` does */
  specHash(): BlobId;
  /** Files that H_spec rests on, its own included, apart from the configuration and the template. @throws VibesafeError as `hashSpec` does */
  restsOn(): readonly string[];
  /** The unit, read and hashed. @throws VibesafeError as `hashSpec` does */
  hashed(): HashedSpec;
}

export interface ProjectIndex {
  /** In the order of their ids. */
  readonly units: readonly IndexedUnit[];
  readonly problems: readonly SpecProblem[];
  /** Folders that were searched for sources, and those of the files that hashed units rest on; POSIX paths from the root. */
  folders(): readonly string[];
  /** Paths, from the root or absolute, of everything that units and hashes, and `more` files whose imports were followed, rest on; undefined where some hash cannot be told, or nothing but looking again tells. */
  facts(more?: Iterable<string>): Set<string> | undefined;
  /** What has to stay for a later run to know the units of files that did not change. */
  basis(): Basis;
  /** Remembers what this run found out. Does nothing where nothing is new, or there is no store whose cache could be written. */
  save(): void;
}

export interface Basis {
  /** What the folders that were searched hold. */
  readonly folders: Folders;
  /** Source files of the project, sorted. */
  readonly sources: readonly string[];
  /** What the imports of a file led to. */
  readonly lookups: (file: string) => readonly Lookup[];
}

const NAME = "specs";

/**
 * Scans the project as `scanProject` does, with what is remembered of it.
 *
 * @param tickMs - how far apart two changes of a file are at least that leave different stamps
 * @param hashing - every hash will be asked for: each file that is read is hashed then and there, and its tree let go
 */
export function openProjectIndex(workspace: Workspace, tickMs: number = TICK_MS, hashing: boolean = false): ProjectIndex {
  const { storeDir } = workspace.project;
  const key = indexKey(workspace.project);
  const rows = readIndex(storeDir, NAME, key);
  // The checksum in its heading says that this very version wrote it.
  const before = rows === undefined ? undefined : decodeIndex(rows as IndexRows);
  const clock = createClock(storeDir);
  const { folders, sources, changed } = currentSources(workspace, before);
  const check = checkFiles(workspace, { before: before ?? { sources: [], folders: new Map(), files: new Map() }, folders, clock });
  let dirty = changed || check.outdated;

  const specsOf = new Map<string, readonly SpecEntry[]>();
  const found: SpecEntry[] = [];
  const problems: SpecProblem[] = [];
  const hashes = new Map<UnitId, SpecHash>();
  const whole = new Map<UnitId, HashedSpec>();
  const hashNow = (file: string, id: UnitId): { readonly hashed: HashedSpec; readonly hash: SpecHash } => {
    clock.start();
    const { hashed, files, templateId } = hashWithSources(workspace, specIn(workspace, file, id));
    const hash = { specHash: hashed.specHash, templateId, files };
    hashes.set(id, hash);
    return { hashed, hash };
  };
  const hashedNow = (file: string, id: UnitId): HashedSpec => {
    let hashed = whole.get(id);
    if (hashed === undefined) whole.set(id, (hashed = hashNow(file, id).hashed));
    return hashed;
  };
  for (const file of sources) {
    let specs = check.entry(file)?.specs;
    if (specs === undefined) {
      clock.start();
      const read = readMentioning(workspace, file);
      specs = read.specs.map(specEntry);
      problems.push(...read.problems);
      // What is wrong is not remembered: the file is read again until it is mended.
      if (read.problems.length === 0) dirty = true;
      else specsOf.set(file, []);
      if (hashing && specs.length > 0) {
        for (const { id } of specs) unlessBroken(() => hashNow(file, id));
        workspace.release(file);
      }
    }
    if (!specsOf.has(file)) specsOf.set(file, specs);
    for (const spec of specs) found.push(spec);
  }
  const broken = new Set(problems.map(({ file }) => file));

  const known = (spec: SpecEntry): SpecHash | undefined => {
    const { hash } = spec;
    return hash !== undefined && check.holds(hash.files) && templateId(workspace, spec) === hash.templateId ? hash : undefined;
  };
  const { specs } = sortScan(withoutClashes(found, problems), problems);
  return {
    problems,
    units: specs.map((spec): IndexedUnit => {
      const { id, name, kind, file, line, examples } = spec;
      const hash = (): SpecHash => {
        const remembered = known(spec);
        dirty ||= remembered === undefined;
        return remembered ?? hashes.get(id) ?? hashNow(file, id).hash;
      };
      return { id, name, kind, file, line, examples, specHash: () => hash().specHash, restsOn: () => hash().files, hashed: () => hashedNow(file, id) };
    }),
    folders: () => {
      const rests = specs.flatMap((spec) => (known(spec) ?? hashes.get(spec.id))?.files ?? []);
      return [...new Set([...folders.keys(), ...rests.map((file) => dirname(file))])];
    },
    basis: () => ({ folders, sources, lookups: (file) => currentLookups(workspace, file, { check, folders }) }),
    facts(more = []) {
      const told = specs.map((spec) => known(spec) ?? hashes.get(spec.id));
      if (problems.length > 0 || told.includes(undefined)) return undefined;
      const lookups = (file: string): Lookup[] => currentLookups(workspace, file, { check, folders });
      return factsOf(workspace, { folders, files: new Set([...sources, ...told.flatMap((hash) => hash?.files ?? []), ...more]), lookupsOf: lookups, specs });
    },
    save() {
      if (!dirty) return;
      clock.start();
      const now = clock.time();
      if (now === undefined) return;
      const entries = new Map<string, SpecEntry[]>();
      for (const [file, all] of specsOf) {
        if (!broken.has(file)) entries.set(file, all.map((spec) => ({ ...spec, hash: known(spec) ?? hashes.get(spec.id) })));
      }
      const rests = new Set([...entries.values()].flatMap((all) => all.flatMap(({ hash }) => hash?.files ?? [])));
      const files: FileEntry[] = [];
      for (const path of new Set([...sources, ...rests])) {
        const entry = fileEntry(workspace, path, { check, folders, now, tickMs, specs: entries.get(path), counts: rests.has(path) });
        // What was checked and what was read are two contents: neither can be kept for the other.
        if (entry === "changed") return;
        if (entry !== undefined) files.push(entry);
      }
      writeIndex(storeDir, NAME, key, encodeIndex({ sources, folders, files: new Map(files.map((file) => [file.path, file])) }));
      dirty = false;
    },
  };
}

/** What goes wrong goes wrong again for whoever asks, who is told. */
function unlessBroken(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof VibesafeError)) throw error;
  }
}

function specIn(workspace: Workspace, file: string, id: UnitId): Spec {
  const spec = readMentioning(workspace, file).specs.find((one) => one.id === id);
  if (spec === undefined) throw new Error(`${id} is no longer in ${file}`);
  return spec;
}

function specEntry(spec: Spec): SpecEntry {
  const { id, name, kind, file, line, options } = spec;
  return { id, name, kind, file, line, examples: countExamples(spec), template: options.template, hash: undefined };
}

const templateIds = perWorkspace(() => new Map<string, BlobId | undefined>());

/** The id of a unit's template; undefined when it cannot be read, which hashing the unit will say. */
function templateId(workspace: Workspace, { id, kind, file, line, template }: SpecEntry): BlobId | undefined {
  const known = templateIds(workspace);
  const key = `${kind} ${template ?? ""}`;
  if (!known.has(key)) {
    try {
      known.set(key, readTemplate(workspace.project, { id, kind, file, line, options: { ...(template !== undefined && { template }) } }).id);
    } catch (error) {
      if (!(error instanceof VibesafeConfigError)) throw error;
      known.set(key, undefined);
    }
  }
  return known.get(key);
}

interface Finding {
  readonly check: FileCheck;
  readonly folders: Folders;
  readonly now: number;
  readonly tickMs: number;
  readonly specs: readonly SpecEntry[] | undefined;
  /** Some hash rests on it. */
  readonly counts: boolean;
}

/** What the imports of a file led to, as far as anybody asked: in this run, or in an earlier one whose answers still hold. */
function currentLookups(workspace: Workspace, path: string, { check, folders }: Pick<Finding, "check" | "folders">): Lookup[] {
  const kept = check.holds([path]) ? (check.entry(path)?.lookups ?? []) : [];
  const fresh = lookupsOf(workspace, folders, path);
  if (fresh.length === 0) return [...kept];
  return [...new Map([...kept, ...fresh].map((lookup) => [JSON.stringify(lookup), lookup])).values()];
}

/** What to keep of a file; undefined for one that cannot be read, `changed` for one that changed after it was checked. */
function fileEntry(workspace: Workspace, path: string, { check, folders, now, tickMs, specs, counts }: Finding): FileEntry | "changed" | undefined {
  const before = check.entry(path);
  const entry = { path, specs, lookups: currentLookups(workspace, path, { check, folders }) };
  const read = workspace.stamp(path);
  if (before !== undefined && read === undefined && (before.sha256 !== undefined || !counts)) return { ...before, ...entry };
  const sha256 = counts || (specs !== undefined && specs.length > 0) ? workspace.digest(path) : undefined;
  if (before?.sha256 !== undefined && sha256 !== undefined && sha256 !== before.sha256) return "changed";
  const stamp = workspace.stamp(path);
  return stamp === undefined ? undefined : { ...entry, stamp, racy: isRacy(stamp, now, tickMs), sha256 };
}
