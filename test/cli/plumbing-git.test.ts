import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { encodeCbor } from "../../lib/store/cbor.ts";
import { hashObject } from "../../lib/store/id.ts";
import { writeObject } from "../../lib/store/write.ts";
import { gitSays, gitTries, onHistories, play, same } from "./random-store.ts";
import { project, vibe } from "./vibe.ts";

const EMPTY_TREE: string = hashObject("tree", new Uint8Array());

test("cat-file and ls-tree print what git prints", async () => {
  await onHistories(3, async (folder, { objects, commits }) => {
    const names = [...objects, ...commits.slice(0, 2).map((id) => `${id}^{tree}`), "f".repeat(64), "nowhere", ""].join("\n");
    await same(folder, ["cat-file", "--batch"], `${names}\n`);
    await same(folder, ["cat-file", "--batch-check"], names);
    await same(folder, ["cat-file", "--batch-check=%(objecttype) %(rest) %(objectname)"], `${objects[0]} and the rest\n`);
    for (const id of objects.slice(-3)) {
      for (const flag of ["-t", "-s", "-p"]) await same(folder, ["cat-file", flag, id]);
    }
    for (const id of commits.slice(-1)) {
      for (const flags of [[], ["-r"], ["-t"], ["-r", "-t"], ["-d"], ["--name-only"], ["-r", "--name-only"], ["-l"], ["--object-only"], ["-z", "-r", "-l"], ["-z", "--name-status"], ["--abbrev"], ["-r", "--abbrev=9", "-l"], ["--object-only", "--abbrev=2"], ["-d", "-r"], ["--full-tree"], ["--full-name", "-t"]]) await same(folder, ["ls-tree", ...flags, id]);
      for (const paths of [["b"], ["b/"], ["b/impl.ts", "impl.ts"], ["b", "z z"], ["none"]]) await same(folder, ["ls-tree", id, ...paths]);
      for (const paths of [["b"], ["b/impl.ts"]]) await same(folder, ["ls-tree", "-r", id, ...paths]);
      await same(folder, ["cat-file", "tree", id]);
      await same(folder, ["cat-file", "commit", id]);
    }
    for (const packing of [["pack-refs"], ["repack", "-adfq", "--depth=10"], ["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"]]) {
      gitSays(folder, packing);
      const argv = ["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objectsize:disk) %(deltabase) %(objectsize)"];
      // Git knows the empty tree by heart, and says that it takes no room.
      const lines = (text: string): string[] => text.split("\n").filter((line) => !line.startsWith(EMPTY_TREE));
      assert.deepEqual(lines((await vibe(folder, argv)).out), lines(gitSays(folder, argv).toString()));
    }
    await same(folder, ["cat-file", "--batch-all-objects", "--batch"]);
  });
});

test("refs are listed as git lists them", async () => {
  const formats = [
    "%(symref)|%(symref:short)|%(refname:rstrip=1)|%(refname:lstrip=-2)|%(contents:subject)|%(contents:body)|%(contents:size)|%(objectname:short=9)",
    "%(refname) %(refname:short) %(refname:lstrip=2) %(objectname) %(objectname:short) %(objecttype) %(objectsize)",
    "%(tree)|%(parent)|%(numparent)|%(subject)|%(body)|%(contents)",
    "%(authorname) %(authoremail) %(authoremail:trim) %(authordate) %(committerdate:iso) %(committerdate:iso-strict) %(committerdate:unix) %(committerdate:short) %(committerdate:raw)",
    "%(taggername)%(taggerdate)%(tag)%(type)%(object)%(creatordate:unix)%(*objectname)%(*subject)",
    "100%% %41%0a",
  ];
  await onHistories(3, async (folder, { commits }) => {
    gitSays(folder, ["update-ref", "refs/heads/main", commits[0] ?? ""]);
    gitSays(folder, ["symbolic-ref", "refs/heads/link", "refs/heads/main"]);
    await same(folder, ["for-each-ref"]);
    const [first = "", last = ""] = [commits[0], commits.at(-1)];
    for (const filter of [["--contains", first], ["--contains", first, "--contains", last], ["--no-contains", first], ["--merged", last], ["--no-merged", last], ["--merged", last, "--no-merged", first], ["--points-at", last, "--points-at", first], ["--contains", first, "refs/tags"]]) await same(folder, ["for-each-ref", ...filter]);
    for (const format of formats) await same(folder, ["for-each-ref", `--format=${format}`]);
    for (const pattern of ["refs/tags", "refs/tags/", "refs/units/src.math", "refs/units/src.math/double", "refs/units/*/f", "refs/units/src.math/*", "refs/un", "refs/tags/v[01]"]) await same(folder, ["for-each-ref", pattern]);
    await same(folder, ["for-each-ref", "--count=2"]);
    for (const sort of ["-refname", "objectname", "-objectname", "objecttype"]) await same(folder, ["for-each-ref", `--sort=${sort}`]);
    await same(folder, ["show-ref"]);
    await same(folder, ["show-ref", "--hash"]);
    await same(folder, ["show-ref", "-d"]);
    for (const flags of [["--head"], ["--head", "--tags", "--heads", "--abbrev"], ["--abbrev=9", "main", "link"], ["--hash=9", "-d"], ["-s", "--heads"], ["--verify", "HEAD", "refs/heads/main"], ["--verify", "-s", "--abbrev=5", "refs/heads/link"]]) await same(folder, ["show-ref", ...flags]);
    gitSays(folder, ["pack-refs", "--all"]);
    await same(folder, ["for-each-ref"]);
    await same(folder, ["show-ref"]);
  });
});

test("hash-object names and stores what git names, and what one wrote the other reads", async (t) => {
  const folder = project(t, { "a.txt": "a\r\n", "b.bin": "\0b" });
  for (const input of ["", "text\n", "\0\u00ff".repeat(2000)]) await same(folder, ["hash-object", "--stdin"], input).catch(async (error: unknown) => {
    // Without a store git hashes with SHA-1: the first object makes it.
    await vibe(folder, ["hash-object", "-w", "--stdin"], { input });
    if (gitSays(folder, ["rev-parse", "--show-object-format"]).toString() !== "sha256\n") throw error;
    await same(folder, ["hash-object", "--stdin"], input);
  });
  await same(folder, ["hash-object", "-w", "a.txt", "b.bin"]);
  await same(folder, ["hash-object", "--stdin-paths"], "a.txt\nb.bin\n");
  const blob = (await vibe(folder, ["hash-object", "-w", "--stdin"], { input: "\0\u00ff" })).out.trim();
  assert.equal(gitSays(folder, ["cat-file", "blob", blob]).toString("utf8"), "\0\u00ff");
  const theirs = gitSays(folder, ["hash-object", "-w", "--stdin"], Buffer.from([0, 255, 10, 13])).toString().trim();
  assert.deepEqual((await vibe(folder, ["cat-file", "-p", theirs])).bytes, Buffer.from([0, 255, 10, 13]));
  const tree = "0".repeat(64);
  for (const [type, input, why] of [["tree", "no tree", /cut short in the entry at byte 0/], ["tree", "rubbish", /no mode at byte 0/], ["commit", `tree ${tree}\n\nm`, /no author line/], ["commit", "tree 12\n\nm", /not an object id: "12"/], ["tag", "object\n\n", /bad header line "object"/]] as const) {
    const { status, err } = await vibe(folder, ["hash-object", "-w", "-t", type, "--stdin"], { input });
    assert.deepEqual([status, why.test(err), err.includes(`is no ${type}`)], [2, true, true], err);
  }
  assert.equal((await vibe(folder, ["hash-object", "none.txt"])).status, 2);
});

test("a blob that is written and read in pieces is git's", async (t) => {
  const content = Buffer.alloc((1 << 24) + 12_345, "0123456789 abcdefghij\n");
  const folder = project(t, {});
  await vibe(folder, ["hash-object", "-w", "--stdin"], { input: "x" });
  writeFileSync(join(folder, "large.bin"), content);
  await same(folder, ["hash-object", "large.bin"]);
  const id = (await vibe(folder, ["hash-object", "-w", "large.bin"])).out.trim();
  assert.equal(gitSays(folder, ["cat-file", "-s", id]).toString(), `${content.length}\n`);
  gitSays(folder, ["fsck", "--strict", "--full"]);
  assert.ok((await vibe(folder, ["cat-file", "blob", id])).bytes.equals(content));
  assert.equal((await vibe(folder, ["cat-file", "blob", "f".repeat(64)])).status, 4);
});

test("CBOR is shown as JSON; an object that is absent is told by the exit status", async (t) => {
  const folder = project(t, {});
  const { store } = play(folder, []);
  const value = { name: "f", list: [1, null, true], text: "ü" };
  const id = writeObject(store, "blob", encodeCbor(value));
  assert.deepEqual(JSON.parse((await vibe(folder, ["cat-file", "-p", id])).out), value);
  assert.deepEqual((await vibe(folder, ["cat-file", "blob", id])).bytes, Buffer.from(encodeCbor(value)));
  const ran = await vibe(folder, ["cat-file", "-p", "--json", id]);
  assert.deepEqual(JSON.parse(ran.out), { id, type: "blob", size: encodeCbor(value).length, content: value });
  assert.equal((await vibe(folder, ["cat-file", "-e", id])).status, 0);
  assert.equal((await vibe(folder, ["cat-file", "-e", "f".repeat(64)])).status, 1);
  for (const argv of [["cat-file"], ["cat-file", id], ["cat-file", "-t"], ["cat-file", "-t", "-s", id], ["cat-file", "tree", id], ["cat-file", "thing", id], ["ls-tree"], ["ls-tree", "--abbrev=x", id], ["ls-tree", "--format=%(path)", id], ["cat-file", "--batch-all-objects"], ["cat-file", "--batch", "-p", id], ["cat-file", "--batch-check=%(nothing)", "--batch-all-objects"], ["cat-file", "--batch-check", "--unordered", "--batch-all-objects"], ["show-ref", "--exclude-existing"], ["show-ref", "--verify"], ["for-each-ref", "--shell"], ["for-each-ref", "--contains"], ["rev-parse", "--all", id], ["rev-parse", "--git-dir"], ["count-objects", "--sizes"], ["ls-tree", id], ["rev-parse", "nothing"], ["rev-parse", "--verify"]]) {
    assert.equal((await vibe(folder, argv)).status, 2, argv.join(" "));
  }
  for (const text of [":/x", ":impl.ts", ":"]) assert.ok((await vibe(folder, ["rev-parse", text])).err.includes(`no revision ${JSON.stringify(text)}: `), text);
});

test("update-ref moves, makes and deletes as git does, with the old value checked", async (t) => {
  const folder = project(t, {});
  const { commits } = play(folder, [1, 2, 3].map(() => ({ kind: "save", unit: 0, files: {}, later: 1, merge: undefined })));
  const [one = "", two = "", three = ""] = commits;
  const ref = "refs/heads/main";
  const run = async (status: number, ...argv: string[]): Promise<void> => assert.equal((await vibe(folder, ["update-ref", ...argv])).status, status, argv.join(" "));
  const now = (): string => gitSays(folder, ["for-each-ref", "--format=%(objectname)", ref]).toString().trim();
  await run(0, ref, one, "");
  assert.equal(now(), one);
  await run(1, ref, two, three);
  assert.equal(now(), one);
  await run(0, "-m", "because", ref, "src.math/double~1", one);
  assert.equal(now(), two);
  assert.match(gitSays(folder, ["log", "-g", "--format=%gs", ref]).toString(), /^because\n/);
  await run(2, ref, `${one}^{tree}`);
  await run(2, "no/ref", one);
  await run(1, "-d", ref, three);
  await run(0, "-d", ref, two);
  assert.equal(now(), "");
  const lines = (text: string): Promise<{ status: number }> => vibe(folder, ["update-ref", "--stdin"], { input: text });
  assert.equal((await lines(`create refs/heads/a ${one}\ncreate refs/heads/b ${two}\n`)).status, 0);
  assert.equal((await lines(`update refs/heads/a ${two} ${one}\nupdate refs/heads/b ${three} ${one}\n`)).status, 1, "all or none");
  assert.deepEqual(gitSays(folder, ["for-each-ref", "--format=%(objectname)", "refs/heads"]).toString(), `${one}\n${two}\n`);
  assert.equal((await lines(`verify refs/heads/a ${one}\ndelete refs/heads/b ${two}\nverify refs/heads/c\n`)).status, 0);
  assert.equal((await lines("jump refs/heads/a\n")).status, 2);
  writeFileSync(join(folder, ".vibesafe/refs/heads/a.lock"), "");
  const held = await vibe(folder, ["update-ref", "--json", "refs/heads/a", two]);
  assert.deepEqual([held.status, held.json().error.code], [1, "STORE_BUSY"]);
  rmSync(join(folder, ".vibesafe/refs/heads/a.lock"));
  assert.equal((await lines(`update refs/heads/a ${two}\nupdate refs/heads/a ${one}\n`)).status, 2);
  // Each script in a store of git's own, and in ours, from the same refs.
  for (const script of ["start\ncreate R ID\ncommit\n", "start\ncreate R ID\n", "create R ID\nabort\n", "create R ID\nstart\n", "start\ncreate R ID\ncommit\nstart\ndelete R\ncommit\n", "create R ID\ncommit\n", "commit\n", "start\nstart\n", "start\ncommit\ncreate R ID\n"]) {
    const input = script.replaceAll("R", "refs/heads/r").replaceAll("ID", one);
    const ours = await vibe(folder, ["update-ref", "--stdin"], { input });
    const held = gitSays(folder, ["for-each-ref", "refs/heads/r"]).toString();
    if (held !== "") gitSays(folder, ["update-ref", "-d", "refs/heads/r"]);
    const theirs = gitTries(folder, ["update-ref", "--stdin"], input);
    assert.deepEqual([ours.status === 0, ours.status === 2, ours.out], [theirs !== undefined, theirs === undefined, theirs ?? ours.out], input);
    if (theirs !== undefined) assert.equal(gitSays(folder, ["for-each-ref", "refs/heads/r"]).toString(), held, input);
    if (gitTries(folder, ["show-ref", "--verify", "refs/heads/r"]) !== undefined) gitSays(folder, ["update-ref", "-d", "refs/heads/r"]);
  }
  assert.equal((await lines("start\nprepare\n")).status, 2);
  assert.equal(gitSays(folder, ["fsck", "--strict", "--full", "--no-dangling"]).toString(), "");
  assert.equal((await vibe(folder, ["show-ref", "--verify", "refs/heads/a"])).out, `${one} refs/heads/a\n`);
  assert.equal((await vibe(folder, ["show-ref", "--verify", "-q", "refs/heads/none"])).status, 1);
  assert.equal((await vibe(folder, ["show-ref", "nothing"])).status, 1);
  assert.equal((await vibe(folder, ["show-ref", "main", "a"])).out, `${one} refs/heads/a\n`);
});

test("what is no store yet is said so", async (t) => {
  const folder = project(t, {});
  for (const argv of [["cat-file", "-p", "abcd"], ["ls-tree", "abcd"], ["rev-parse", "abcd"], ["for-each-ref"], ["show-ref"]]) {
    const { status, err } = await vibe(folder, argv);
    assert.equal(status, 2);
    assert.match(err, /there is no store/);
  }
});
