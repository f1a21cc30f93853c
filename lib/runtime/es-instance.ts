/**
 * The instance of an ES module that the process has already loaded.
 *
 * Under plain node, `require` of an ES module gives the instance that `import` gives (node:modules, "Loading ECMAScript modules using
 * require()"). A loader that compiles in both systems, such as tsx, gives a second one: `instanceof` then fails between the code that
 * imports a class and the code that requires it. Node looks an ES module up by its URL before it reads the text that it is asked to
 * compile under that URL, so text that never compiles finds the instance or nothing. Measured on 20.19, 22.21, 24.21, 26.10.
 *
 * @module
 */

import { Module } from "node:module";

/** Text that is no program, so that nothing is ever loaded by asking. */
const NO_PROGRAM = "export {";

/**
 * What `require(file)` is to answer where `import` has loaded `file`; undefined when it has not, or this engine cannot tell.
 *
 * @param file - absolute path, symbolic links resolved
 * @throws Error with code ERR_REQUIRE_CYCLE_MODULE when the module is still being evaluated
 */
export function loadedInstance(file: string): unknown {
  const compile: unknown = Reflect.get(Module.prototype, "_compile");
  if (typeof compile !== "function") return undefined;
  const carrier = new Module(file);
  carrier.filename = file;
  try {
    Reflect.apply(compile, carrier, [NO_PROGRAM, file, "module"]);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return carrier.exports;
}
