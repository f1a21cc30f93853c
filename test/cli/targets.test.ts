import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { selectTargets } from "../../lib/cli/targets.ts";
import { openProject } from "../../lib/project/project.ts";
import { project } from "./vibe.ts";

const ALL = [
  { id: "examples.math.ops/fibonacci", file: "examples/math/ops.ts" },
  { id: "examples.math.ops/sumStr", file: "examples/math/ops.ts" },
  { id: "examples.text.cowsay/cowsay", file: "examples/text/cowsay.ts" },
  { id: "src.shop/Cart.total", file: "src/shop.ts" },
];

test("a target is a unit, a module path, a file or a glob", (t) => {
  const root = project(t, { "examples/math/ops.ts": "" });
  const opened = openProject(root);
  const select = (targets: string[], folder = root): string[] => selectTargets(ALL, targets, { project: opened, folder }).map(({ id }) => id);
  const math = ["examples.math.ops/fibonacci", "examples.math.ops/sumStr"];
  assert.deepEqual(select([]), ALL.map(({ id }) => id));
  assert.deepEqual(select(["examples.math.ops/sumStr"]), ["examples.math.ops/sumStr"]);
  assert.deepEqual(select(["src.shop/Cart.total"]), ["src.shop/Cart.total"]);
  for (const one of ["examples.math.ops", "examples/math/ops.ts", "./examples/math/ops.ts", "examples/math/*", "examples.math.*/*", "examples/math/**", "**/ops.ts", join(root, "examples/math/ops.ts")]) {
    assert.deepEqual(select([one]), math, one);
  }
  assert.deepEqual(select(["ops.ts"], join(root, "examples/math")), math, "a file from the working folder");
  assert.deepEqual(select(["*.ts"], join(root, "examples/math")), math, "a glob from the working folder");
  assert.deepEqual(select(["examples/**"]), [...math, "examples.text.cowsay/cowsay"]);
  assert.deepEqual(select(["examples.{math,text}.*/*"]), [...math, "examples.text.cowsay/cowsay"]);
  assert.deepEqual(select(["src.shop/Cart.total", "examples.math.ops/sumStr", "examples.math.ops/sumStr"]), ["examples.math.ops/sumStr", "src.shop/Cart.total"]);
});

test("a target that names nothing is wrong usage, with the nearest names", (t) => {
  const root = project(t, {});
  const base = { project: openProject(root), folder: root };
  for (const target of ["examples.math.ops/sumSt", "sumStr", "examples.math", "examples.math.ops/", "nothing/**", ""]) {
    assert.throws(() => selectTargets(ALL, [target], base), { code: "USAGE" }, target);
  }
  assert.throws(() => selectTargets(ALL, ["sumSrt"], base), (error: Error & { remedy: string }) => error.remedy.includes("examples.math.ops/sumStr"));
  assert.throws(() => selectTargets(ALL, ["src.shop/Cart.total", "nope"], base), { code: "USAGE" }, "one of several");
});
