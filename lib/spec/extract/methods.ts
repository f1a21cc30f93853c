/**
 * Methods that `@vibesafe.func` decorates.
 *
 * @module
 */

import type { Argument, Class, Decorator, MethodDefinition } from "oxc-parser";
import type { Node } from "../ast.ts";
import { parseText, type Module } from "../parse.ts";
import type { MethodPlace, Span } from "../types.ts";
import { walkTree } from "../walk.ts";
import { makerOf, seesImport, type StrayUse, type VibesafeNames } from "./calls.ts";
import type { SpecFunction } from "./hole.ts";
import { methodFunction } from "./method-function.ts";

/** A decorated method where a spec may stand. */
export interface MethodSpec {
  /** The whole method, from its decorator. */
  readonly node: MethodDefinition;
  readonly name: string;
  readonly place: MethodPlace;
  readonly owner: Class;
  /** As a function of its own, with `this` as a parameter. */
  readonly fn: SpecFunction;
  /** Overload signatures above it, likewise, and as they stand in the class. */
  readonly overloads: readonly SpecFunction[];
  readonly overloadNodes: readonly MethodDefinition[];
  /** `{ … }` of `@vibesafe.func({ … })`. */
  readonly options: Argument | undefined;
  /** Where its doc comment may stand, nearest first. */
  readonly docSpaces: readonly Span[];
}

export interface MethodsFound {
  readonly methods: readonly MethodSpec[];
  readonly strays: readonly StrayUse[];
  /** `vibesafe.func` of each decorator. */
  readonly makers: ReadonlySet<Node>;
}

const HOW = "decorate a method of a class at the top level of the file: `@vibesafe.func area(scale: number): number { … }`";

/** Finds the methods that are specs, and the decorators of vibesafe that stand on anything else. */
export function findMethods(module: Module, names: VibesafeNames): MethodsFound {
  const methods: MethodSpec[] = [];
  const strays: StrayUse[] = [];
  const makers = new Set<Node>();
  // A doc comment rarely says `@name.`; the walk below is over every node.
  if (!/@\s*\(?\s*[\p{ID_Start}$_][\p{ID_Continue}$]*\s*\./u.test(module.source)) return { methods, strays, makers };
  for (const statement of module.program.body) {
    walkTree(statement, (node, ancestors) => {
      const maker = node.type === "Decorator" ? makerIn(node, names) : undefined;
      if (node.type !== "Decorator" || maker === undefined || !ancestors.every((ancestor) => seesImport(ancestor, maker))) return;
      makers.add(maker);
      const found = readMethod(module, node, maker, ancestors);
      if ("message" in found) strays.push({ node, ...found });
      else methods.push(found);
    });
  }
  return { methods, strays, makers };
}

/** `vibesafe.func` of `@vibesafe.func` and `@vibesafe.func({ … })`. */
function makerIn({ expression }: Decorator, names: VibesafeNames): Node | undefined {
  const maker = expression.type === "CallExpression" ? expression.callee : expression;
  return makerOf(maker, names) === undefined ? undefined : maker;
}

type Why = Omit<StrayUse, "node">;

function readMethod(module: Module, decorator: Decorator, maker: Node, ancestors: readonly Node[]): MethodSpec | Why {
  if (maker.type === "MemberExpression" && !maker.computed && maker.property.name !== "func") {
    return { message: `vibesafe.${maker.property.name} is no decorator`, remedy: "decorate methods with @vibesafe.func" };
  }
  const node = ancestors.at(-1);
  const owner = ancestors.at(-3);
  const what = node === undefined ? "this" : whatIs(node);
  if (node?.type !== "MethodDefinition" || what !== undefined) return { message: `@vibesafe.func stands on ${what ?? "no method"}`, remedy: HOW };
  const { key } = node;
  if (key.type !== "Identifier" || node.computed) {
    return key.type === "PrivateIdentifier"
      ? { message: `#${key.name} is private: generated code stands outside of the class and cannot be reached through it`, remedy: "make it a method without #" }
      : { message: "the method's name is computed", remedy: "give it a plain name" };
  }
  if ("message" in parseText(`function ${key.name}() {}`, "ts")) {
    return { message: `no function can be called ${key.name}, and generated code is one`, remedy: "give the method another name" };
  }
  if (node.accessibility === "private" || node.accessibility === "protected") {
    return { message: `${key.name} is ${node.accessibility}: neither its examples nor others could call it`, remedy: `remove \`${node.accessibility}\`` };
  }
  if (node.decorators.length > 1) {
    return { message: `${key.name} has another decorator: what it makes of the method is not what was verified`, remedy: "decorate another method that calls this one" };
  }
  const place = placeOf(module, owner, ancestors.length, node.static);
  if ("message" in place) return place;
  const options = decorator.expression.type === "CallExpression" ? decorator.expression.arguments : [];
  if (decorator.expression.type === "CallExpression" && options.length !== 1) {
    return { message: "@vibesafe.func takes its options, or nothing", remedy: 'write @vibesafe.func, or @vibesafe.func({ allow: ["node:path"] })' };
  }
  const { previous, overloads } = before(place.owner, node);
  const first = overloads[0]?.start ?? node.start;
  return {
    node,
    name: key.name,
    place: place.place,
    owner: place.owner,
    overloadNodes: overloads,
    fn: methodFunction(place.owner, node),
    overloads: overloads.map((one) => methodFunction(place.owner, one)),
    options: options[0],
    docSpaces: [
      { start: overloads.at(-1)?.end ?? previous, end: key.start },
      ...(overloads.length > 0 ? [{ start: previous, end: first }] : []),
    ],
  };
}

/** What stands there instead of a method; undefined for a method. */
function whatIs(node: Node): string | undefined {
  switch (node.type) {
    case "MethodDefinition":
      if (node.kind === "constructor") return "a constructor";
      return node.kind === "method" ? undefined : "an accessor";
    case "ClassDeclaration":
    case "ClassExpression":
      return "a class";
    case "AccessorProperty":
      return "an accessor";
    case "PropertyDefinition":
      return "a field";
    case "TSAbstractMethodDefinition":
      return "an abstract method";
    default:
      return "a parameter";
  }
}

function placeOf(module: Module, owner: Node | undefined, depth: number, isStatic: boolean): { readonly place: MethodPlace; readonly owner: Class } | Why {
  if (owner === undefined || (owner.type !== "ClassDeclaration" && owner.type !== "ClassExpression")) return { message: "@vibesafe.func stands outside of a class", remedy: HOW };
  // Class, body, method; with `export` one more.
  if (owner.type === "ClassExpression" || depth > 4) return { message: "the class of a spec stands inside other code", remedy: "declare it at the top level of the file: `export class Name { … }`" };
  if (owner.id === null) return { message: "the class has no name", remedy: "write `export class Name { … }`" };
  const className = owner.id.name;
  const exportedAs = [...module.exports.named].filter(([, one]) => "local" in one && one.local === className && !one.typeOnly).flatMap(([name]) => (name === "default" ? [] : [name]));
  const [first] = exportedAs;
  if (first === undefined) return { message: `class ${className} is not exported by name: examples and generated code could not name it`, remedy: `write \`export class ${className}\`` };
  return { place: { className, exportedAs: exportedAs.includes(className) ? className : first, isStatic, bodyStart: owner.body.start + 1 }, owner };
}

/** The overloads directly above a method, and the end of what stands before all of them. */
function before({ body, id }: Class, method: MethodDefinition): { readonly previous: number; readonly overloads: readonly MethodDefinition[] } {
  const members = body.body;
  const overloads: MethodDefinition[] = [];
  let at = members.findIndex((member) => member === method) - 1;
  for (; at >= 0; at--) {
    const member = members[at];
    if (member?.type !== "MethodDefinition" || member.value.body !== null || member.static !== method.static || !hasName(member, method)) break;
    overloads.unshift(member);
  }
  return { previous: at < 0 ? Math.max(body.start + 1, id?.end ?? 0) : (members[at]?.end ?? 0), overloads };
}

function hasName({ key, computed }: MethodDefinition, other: MethodDefinition): boolean {
  return !computed && key.type === "Identifier" && other.key.type === "Identifier" && key.name === other.key.name;
}
