// One measured step in a process of its own: prints milliseconds, without the start of the process.
import fs from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [name, dir, ...args] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(process.env.STORE_LIB, file)).href);
const contents = () => Array.from({ length: Number(args[1]) }, (_, index) => fs.readFileSync(join(args[0], String(index))));
const ids = () => fs.readFileSync(args[0], "utf8").trim().split("\n");

const steps = {
  async "write-loose"() {
    const [{ writeObjects }, { openStore }] = await Promise.all([load("write.mjs"), load("store.mjs")]);
    return () => writeObjects(openStore(dir), contents().map((payload) => ({ type: "blob", payload })), { packFrom: Infinity });
  },
  async write() {
    const [{ writeObjects }, { openStore }] = await Promise.all([load("write.mjs"), load("store.mjs")]);
    return () => writeObjects(openStore(dir), contents().map((payload) => ({ type: "blob", payload })));
  },
  async read() {
    const [{ readObject }, { openStore }] = await Promise.all([load("read.mjs"), load("store.mjs")]);
    return () => {
      const store = openStore(dir);
      for (const id of ids()) readObject(store, id);
    };
  },
  async gc() {
    const [{ gc }, { openStore }] = await Promise.all([load("gc.mjs"), load("store.mjs")]);
    return () => gc(openStore(dir));
  },
  async "write-isomorphic"() {
    const git = await import("isomorphic-git");
    return async () => {
      for (const blob of contents()) await git.writeBlob({ fs, gitdir: dir, blob });
    };
  },
  async "read-isomorphic"() {
    const git = await import("isomorphic-git");
    const cache = {};
    return async () => {
      for (const oid of ids()) await git.readBlob({ fs, gitdir: dir, oid, cache });
    };
  },
};

const run = await steps[name]();
const start = process.hrtime.bigint();
await run();
console.log(Number(process.hrtime.bigint() - start) / 1e6);
