import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { sha256 } from "@noble/hashes/sha2.js";
import { VibesafeHashMismatch, VibesafeStoreError } from "../../lib/errors.ts";
import { formatCommit, parseCommit, type Commit } from "../../lib/store/commit.ts";
import { hashObject, isId, parseId, type ObjectId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { hasObject, readBlob, readCommit, readObject, readTag, readTree, tryReadObject } from "../../lib/store/read.ts";
import { openStore } from "../../lib/store/store.ts";
import { formatTag, type Tag } from "../../lib/store/tag.ts";
import { formatTree, parseTree, type TreeEntry } from "../../lib/store/tree.ts";
import { writeObject } from "../../lib/store/write.ts";
import { WHO, git, gitFsck, gitStore, gitText, newStore, writeSave } from "./git.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("ids are pinned", () => {
  const blob = hashObject("blob", Buffer.from("hello\n"));
  assert.equal(blob, "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4");
  assert.equal(hashObject("blob", new Uint8Array()), "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813");
  assert.equal(hashObject("tree", new Uint8Array()), "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321");
  const tree = hashObject("tree", formatTree([{ mode: "100644", name: "a", id: blob }]));
  assert.equal(tree, "6ebf092cf7d68fcf2cebb8713cd1ecd134ff0c527197b2f7c60d1611d4885ea5");
  const commit = formatCommit({ tree, parents: [], author: WHO, committer: WHO, message: "save\n" });
  assert.equal(hashObject("commit", commit), "e593eca53280a0cd97a210e54a6e74d982cafbf0b8e30cdcd44a650896ef840e");
});

test("ids are what sha256sum and @noble/hashes say of header and content", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => {
      const whole = Buffer.concat([Buffer.from(`blob ${payload.length}\0`), payload]);
      assert.equal(hashObject("blob", payload), hex(sha256(whole)));
    }),
  );
  const whole = Buffer.from("blob 6\0hello\n", "latin1");
  const line = execFileSync("sha256sum", { input: whole }).toString();
  assert.equal(line.slice(0, 64), hashObject("blob", Buffer.from("hello\n")));
});

test("only 64 lower-case hex digits are an id", () => {
  const id = hashObject("blob", new Uint8Array());
  assert.ok(isId(id));
  for (const text of ["", id.slice(1), `${id}0`, id.toUpperCase(), ` ${id}`, `${id}\n`, id.replace("4", "g")]) {
    assert.ok(!isId(text));
    assert.throws(() => parseId(text), VibesafeStoreError);
  }
});

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => !/[/\0]/.test(text) && ![".", ".."].includes(text) && !/git/i.test(text));
const line = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).map((text) => `n${text.replace(/[<>\n\0\s]/g, "")}x`);
const identity = fc.record(
  {
    name: line,
    email: line,
    seconds: fc.integer({ min: 0, max: 4_000_000_000 }),
    offsetMinutes: fc.integer({ min: -14 * 60, max: 14 * 60 }),
  },
  { noNullPrototype: true },
);
const message = fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replaceAll("\0", ""));

test("random trees, commits and tags that we write pass git's strict check and print the same", (t) => {
  const store = newStore(t);
  const blob = writeObject(store, "blob", Buffer.from("x"));
  const inner = writeObject(store, "tree", formatTree([{ mode: "100644", name: "x", id: blob }]));
  const modes = fc.constantFrom("100644", "100755", "120000", "40000");
  const entry = fc.record({ name, mode: modes }).map((part): TreeEntry => ({ ...part, mode: part.mode as TreeEntry["mode"], id: part.mode === "40000" ? inner : blob }));
  const written: string[] = [];
  const expected: string[] = [];
  let parents: Commit["parents"] = [];
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: (item) => item.name, maxLength: 6 }), identity, identity, message, (entries, author, committer, text) => {
      const tree = writeObject(store, "tree", formatTree(entries));
      assert.equal(readTree(store, tree).length, entries.length);
      const value: Commit = { tree, parents, author, committer, message: text };
      const commit = writeObject(store, "commit", formatCommit(value));
      assert.deepEqual(readCommit(store, commit), value);
      parents = [commit];
      const tag: Tag = { object: commit, type: "commit", name: "v1", tagger: author, message: text };
      const tagId = writeObject(store, "tag", formatTag(tag));
      assert.deepEqual(readTag(store, tagId), tag);
      for (const id of [tree, commit, tagId] as ObjectId[]) {
        const { type, payload } = readObject(store, id);
        written.push(id);
        expected.push(`${id} ${type} ${payload.length}\n${Buffer.from(payload).toString("latin1")}\n`);
      }
    }),
    { numRuns: 60 },
  );
  assert.equal(gitFsck(store.dir), "");
  assert.equal(git(store.dir, ["cat-file", "--batch"], written.join("\n")).toString("latin1"), expected.join(""));
});

test("what git writes, loose and packed with deltas, we read to the same bytes", (t) => {
  const dir = gitStore(t);
  const base = Array.from({ length: 200 }, (_, index) => `line ${index} ${Math.imul(index, 2654435761)}`).join("\n");
  for (let round = 0; round < 15; round += 1) {
    const ids = [base.replace("line 7 ", `line ${round} `), `${base}\n${round}`, "\0".repeat(round * 1000)].map((text) =>
      gitText(dir, ["hash-object", "-w", "--stdin"], text),
    );
    const listing = ids.map((id, index) => `100644 blob ${id}\tfile${index}`).join("\n");
    const tree = gitText(dir, ["mktree"], `${listing}\n120000 blob ${ids[0]}\tlink\n`);
    const head = round === 0 ? [] : ["-p", "refs/heads/main"];
    const commit = gitText(dir, ["commit-tree", tree, ...head, "-m", `round ${round}\n\nbody ü`]);
    git(dir, ["update-ref", "refs/heads/main", commit]);
  }
  git(dir, ["tag", "-a", "v1", "-m", "first", "refs/heads/main"]);
  const check = (): number => {
    const store = openStore(dir);
    const expected: Uint8Array[] = [];
    const all = gitText(dir, ["cat-file", "--batch-all-objects", "--batch-check"]).split("\n");
    for (const row of all) {
      const [id = "", type, size] = row.split(" ");
      const object = readObject(store, parseId(id));
      assert.deepEqual([object.type, object.payload.length], [type, Number(size)]);
      expected.push(Buffer.from(`${row}\n`), object.payload, Buffer.from("\n"));
      if (type === "tree") assert.deepEqual(Buffer.from(formatTree(parseTree(object.payload))), Buffer.from(object.payload));
      if (type === "commit") assert.deepEqual(Buffer.from(formatCommit(parseCommit(object.payload))), Buffer.from(object.payload));
    }
    const ids = all.map((row) => row.slice(0, 64)).join("\n");
    assert.ok(Buffer.concat(expected).equals(git(dir, ["cat-file", "--batch"], ids)));
    return all.length;
  };
  const loose = check();
  git(dir, ["repack", "-adq", "--depth=50", "--window=50"]);
  git(dir, ["prune-packed"]);
  assert.ok(gitText(dir, ["count-objects", "-v"]).includes("count: 0\n"));
  assert.equal(check(), loose);
  git(dir, ["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50"]);
  assert.equal(check(), loose);
});

test("a signed commit and one with several parents keep every header", () => {
  const parent = hashObject("commit", new Uint8Array());
  const tree = hashObject("tree", new Uint8Array());
  const text = `tree ${tree}\nparent ${parent}\nparent ${tree}\nauthor A <> 0 -0000\ncommitter B <b@c> 1 +0530\nencoding UTF-8\ngpgsig one\n two\n \n four\n\nm\n\nn`;
  const commit = parseCommit(Buffer.from(text));
  assert.deepEqual(commit.extraHeaders, [
    { key: "encoding", value: "UTF-8" },
    { key: "gpgsig", value: "one\ntwo\n\nfour" },
  ]);
  assert.ok(Object.is(commit.author.offsetMinutes, -0));
  assert.equal(commit.committer.offsetMinutes, 330);
  assert.equal(Buffer.from(formatCommit(commit)).toString(), text);
});

test("an object written twice is one file, read-only, and left alone", (t) => {
  const store = newStore(t);
  const id = writeObject(store, "blob", Buffer.from("twice"));
  const path = loosePath(join(store.dir, "objects"), id);
  const before = statSync(path);
  assert.equal(before.mode & 0o777, 0o444);
  assert.equal(writeObject(store, "blob", Buffer.from("twice")), id);
  assert.equal(statSync(path).ino, before.ino);
  assert.ok(!existsSync(join(store.dir, "cache")));
});

test("a missing object is undefined or an error, as asked", (t) => {
  const store = newStore(t);
  const id = hashObject("blob", Buffer.from("nowhere"));
  assert.equal(tryReadObject(store, id), undefined);
  assert.equal(hasObject(store, id), false);
  assert.throws(() => readObject(store, id), { name: "VibesafeStoreError", message: `object ${id} is missing` });
});

test("an object of another type than asked for is an error", (t) => {
  const store = newStore(t);
  const commit = writeSave(store, "x");
  const asBlob = parseId<"blob">(commit);
  assert.throws(() => readBlob(store, asBlob), { message: `object ${commit} is a commit, not a blob` });
});

test("content that hashes to another name is a mismatch, whole as it is", (t) => {
  const store = newStore(t);
  const one = writeObject(store, "blob", Buffer.from("one"));
  const two = writeObject(store, "blob", Buffer.from("two"));
  const objects = join(store.dir, "objects");
  const path = loosePath(objects, one);
  execFileSync("chmod", ["u+w", path]);
  writeFileSync(path, readFileSync(loosePath(objects, two)));
  assert.throws(() => readObject(store, one), VibesafeHashMismatch);
  assert.equal(readObject(store, two).payload.length, 3);
});
