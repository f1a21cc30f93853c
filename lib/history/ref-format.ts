/**
 * `%(atom)` in the formats of `for-each-ref` (git-for-each-ref(1), "FIELD NAMES"), as far as refs of saves have use for them.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { parseCommit, type Commit, type Identity } from "../store/commit.ts";
import type { ObjectId } from "../store/id.ts";
import { readObject, type StoredObject } from "../store/read.ts";
import { readRefValue } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { parseTag, type Tag } from "../store/tag.ts";
import { formatGitDate } from "./git-date.ts";
import { peelTags } from "./peel.ts";
import { abbreviate } from "./short-id.ts";

export interface NamedRef {
  readonly name: string;
  readonly id: ObjectId;
}

/** Git's own default. */
export const DEFAULT_REF_FORMAT = "%(objectname) %(objecttype)\t%(refname)";

/** Fills in a format for one ref. @throws VibesafeUsageError for a field that is not known */
export function formatRef(store: Store, ref: NamedRef, format: string): string {
  return format.replaceAll(/%(?:%|([0-9a-fA-F]{2})|\(([^()]*)\))/g, (whole, hex: string | undefined, atom: string | undefined) => {
    if (atom !== undefined) return refField(store, ref, atom);
    return hex === undefined ? whole.slice(1) : String.fromCharCode(Number.parseInt(hex, 16));
  });
}

/** One field of a ref; with a leading `*`, of what its tag stands for. */
export function refField(store: Store, ref: NamedRef, atom: string): string {
  const [, star = "", name = "", modifier] = /^(\*?)([a-z]+)(?::(.*))?$/.exec(atom) ?? [];
  if (name === "refname" && star === "") return refName(ref.name, modifier, atom);
  if (name === "symref" && star === "") {
    const target = symbolicTarget(store, ref.name);
    return target === undefined ? "" : refName(target, modifier, atom);
  }
  let id = ref.id;
  if (star === "*") {
    id = peelTags(store, ref.id).id;
    if (id === ref.id) return "";
  }
  if (name === "objectname") return objectName(store, id, modifier, atom);
  const object = readObject(store, id);
  if (name === "objecttype") return object.type;
  if (name === "objectsize") return String(object.payload.length);
  return contentField(store, object, name, modifier, atom);
}

function contentField(store: Store, object: StoredObject, name: string, modifier: string | undefined, atom: string): string {
  const commit = object.type === "commit" ? parseCommit(object.payload) : undefined;
  const tag = object.type === "tag" ? parseTag(object.payload) : undefined;
  const person = personField(commit, tag, name, modifier, atom);
  if (person !== undefined) return person;
  const message = commit?.message ?? tag?.message ?? "";
  switch (name) {
    case "tree":
      return commit === undefined ? "" : objectName(store, commit.tree, modifier, atom);
    case "parent":
      return (commit?.parents ?? []).map((parent) => objectName(store, parent, modifier, atom)).join(" ");
    case "numparent":
      return commit === undefined ? "" : String(commit.parents.length);
    case "object":
      return tag?.object ?? "";
    case "type":
      return tag?.type ?? "";
    case "tag":
      return tag?.name ?? "";
    case "subject":
      return subject(message);
    case "body":
      return body(message);
    case "contents":
      return contentsPart(message, modifier) ?? unknownField(atom);
    default:
      return unknownField(atom);
  }
}

function personField(commit: Commit | undefined, tag: Tag | undefined, name: string, modifier: string | undefined, atom: string): string | undefined {
  const [, role, part] = /^(author|committer|tagger|creator)(name|email|date|)$/.exec(name) ?? [];
  if (role === undefined) return undefined;
  const people: Readonly<Record<string, Identity | undefined>> = { author: commit?.author, committer: commit?.committer, tagger: tag?.tagger, creator: commit?.committer ?? tag?.tagger };
  const person = people[role];
  if (person === undefined) return "";
  if (part === "name") return person.name;
  if (part === "email") return modifier === "trim" ? person.email : `<${person.email}>`;
  if (part === "date") return formatGitDate(person, modifier ?? "default") ?? unknownField(atom);
  return `${person.name} <${person.email}> ${formatGitDate(person, "raw") ?? ""}`;
}

function refName(name: string, modifier: string | undefined, atom: string): string {
  if (modifier === undefined) return name;
  // A unit is `units/…` in short, as any ref outside git's own three folders.
  if (modifier === "short") return name.replace(/^refs\/(?:(?:heads|tags|remotes)\/)?/, "");
  const [, side, text] = /^(lstrip|strip|rstrip)=(-?\d+)$/.exec(modifier) ?? [];
  if (text === undefined) return unknownField(atom);
  const parts = name.split("/");
  // -N keeps N parts.
  const count = Number(text) < 0 ? Math.max(0, parts.length + Number(text)) : Number(text);
  return (side === "rstrip" ? parts.slice(0, Math.max(0, parts.length - count)) : parts.slice(count)).join("/");
}

function objectName(store: Store, id: ObjectId, modifier: string | undefined, atom: string): string {
  if (modifier === undefined) return id;
  const [, digits] = /^short(?:=(\d+))?$/.exec(modifier) ?? [];
  return modifier.startsWith("short") ? abbreviate(store, id, digits === undefined ? undefined : Number(digits)) : unknownField(atom);
}

/** What `%(contents:…)` names; undefined for what is not known. */
function contentsPart(message: string, modifier: string | undefined): string | undefined {
  if (modifier === undefined) return message.replace(/^\n+/, "");
  if (modifier === "subject") return subject(message);
  if (modifier === "body") return body(message);
  return modifier === "size" ? String(Buffer.byteLength(message)) : undefined;
}

function body(message: string): string {
  return message.replace(/^\n*/, "").replace(/^(?:.+\n?)+\n*/, "");
}

function symbolicTarget(store: Store, name: string): string | undefined {
  const value = readRefValue(store, name);
  return value !== undefined && "symbolic" in value ? value.symbolic : undefined;
}

/** The first paragraph on one line. */
function subject(message: string): string {
  const paragraph = message.replace(/^\n+/, "").split(/\n\s*\n/)[0] ?? "";
  return paragraph.trimEnd().replaceAll("\n", " ");
}

function unknownField(atom: string): never {
  throw new VibesafeUsageError(`unknown field %(${atom})`, {
    remedy: "use refname, symref, objectname, objecttype, objectsize, tree, parent, subject, body, contents, author…, committer…, tagger…, creator…",
  });
}
