/**
 * A default import that is exported again is the other module's default, whatever it is called here.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseModule } from "../../lib/spec/parse.ts";

const exported = (source: string): unknown => Object.fromEntries(parseModule(source, "a.ts").exports.named);

test("what is exported of an import is named as the other module names it", () => {
  const from = (imported: string, typeOnly = false): unknown => ({ specifier: "./b.ts", imported, typeOnly });
  assert.deepEqual(exported('import d from "./b.ts"; export { d }; export { d as default };'), { d: from("default"), default: from("default") });
  assert.deepEqual(exported('import { x as y } from "./b.ts"; export { y as z };'), { z: from("x") });
  assert.deepEqual(exported('import * as all from "./b.ts"; export { all };'), { all: from("*") });
  assert.deepEqual(exported('import type D from "./b.ts"; export { D };'), { D: from("default", true) });
  assert.deepEqual(exported('export * as ns from "./b.ts"; export { default as e, type T } from "./b.ts";'), { ns: from("*"), e: from("default"), T: from("T", true) });
});

test("what is declared is exported under its local name, or as default", () => {
  const own = (local: string, typeOnly = false): unknown => ({ local, typeOnly });
  assert.deepEqual(exported("export const { a, b: [c], ...d } = x; export interface I {} export enum E {}"), { a: own("a"), c: own("c"), d: own("d"), I: own("I", true), E: own("E") });
  assert.deepEqual(exported("export default function f() {}"), { default: own("f") });
  assert.deepEqual(exported("export default class {}"), { default: own("default") });
  assert.deepEqual(exported("const v = 1; export default v;"), { default: own("v") });
  assert.deepEqual(exported("declare const v: 1; export = v;"), { default: own("v") });
  assert.deepEqual(exported('export import r = require("r"); export namespace A.B { export const c = 1; }'), { r: { specifier: "r", imported: "*", typeOnly: false }, A: own("A") });
});
