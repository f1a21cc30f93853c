/**
 * The entry module of a unit's bundle: its examples and properties, ready to be run and judged one by one.
 *
 * @module
 */

import { basename, extname } from "node:path";
import { awaits, parseExpression } from "../spec/doc/code.ts";
import { REQUEST } from "../spec/extract/http.ts";
import { PURE_GLOBALS } from "../spec/globals.ts";
import { parseText, type Module } from "../spec/parse.ts";
import { freeNames } from "../spec/scope.ts";
import type { Example, Spec } from "../spec/types.ts";
import type { StepExpectation, StepPlan } from "./sandbox/protocol.ts";
import { statementCode, type StatementCode } from "./statements.ts";

export interface Entry {
  readonly code: string;
  readonly plans: readonly StepPlan[];
}

export interface EntryOptions {
  readonly spec: Spec;
  readonly module: Module;
  readonly impl: string;
  /** Of an http unit: JSON of its contract. */
  readonly contract: string | undefined;
  /** Specifier of the generated module, relative. */
  readonly implSpecifier: string;
  /** Names of the bundle's parameters; no other code can guess them. */
  readonly secret: string;
}

/** What may import; an escape may spell it. */
const IMPORTS = /\b(?:import|require|from)\b|\\u/;

const PURE = new Set(PURE_GLOBALS);

/** Language of the statements of a spec. */
export function languageOf(spec: Spec): "ts" | "tsx" {
  return /\.[jt]sx$/.test(spec.file) ? "tsx" : "ts";
}

/** Makes the entry module of a unit. */
export function makeEntry({ spec, module, impl, implSpecifier, secret, ...options }: EntryOptions): Entry {
  const lang = languageOf(spec);
  const code = spec.examples.map(({ source }) => statementCode(source, lang));
  const blocks = spec.properties.map(({ source }) => statementCode(source, lang));
  const declared = new Set([...code, ...blocks].flatMap(({ declares }) => declares));
  const expected = spec.examples.map((example) => expectedText(example));
  const scope = neededNames(spec, module, declared, expected.flatMap((text) => text ?? []));

  const hidden = `$${secret}`;
  // A file of endpoints may import a server, which does not run here: it is left alone where no example sends a request.
  const contract = [...spec.examples, ...spec.properties].some(({ source }) => source.includes(REQUEST)) ? options.contract : undefined;
  // Expected values that no statement has a part in are made before generated code is there, so that it cannot change them.
  const early: string[] = [];
  const plans: StepPlan[] = [];
  const steps = spec.examples.map((example, i) => {
    const text = expected[i];
    const isEarly = text !== undefined && namesOnly(text, lang, (name) => scope.names.includes(name) || (PURE.has(name) && !declared.has(name) && name !== ownName(spec)));
    plans.push({ expected: planOf(example), awaits: example.awaits, ...(isEarly && { early: early.length }) });
    if (isEarly) early.push(text);
    return step(code[i]?.body, example.awaits, isEarly ? undefined : text);
  });
  for (const [i, block] of blocks.entries()) {
    plans.push({ expected: { kind: "none" }, awaits: true });
    steps.push(step(() => propertyBody(block, i), true, undefined));
  }

  // Only a file of the user's asks the registry for units: none is in a bundle that imports nothing.
  const texts = [impl, ...[...spec.examples, ...spec.properties].map(({ source }) => source), ...expected];
  const alone = lang === "ts" && scope.imports.length === 0 && contract === undefined && !texts.some((text) => text !== undefined && IMPORTS.test(text));
  return {
    plans,
    code: [
      ...scope.imports,
      ...implImports(impl).map((specifier) => `import ${JSON.stringify(specifier)};`),
      ...(alone ? [] : [`import { choose, schemasOf as schemas${hidden} } from "vibesafe:registry";`]),
      ...(contract === undefined ? [] : [`import { requester as requester${hidden} } from "vibesafe:exchange";`]),
      ...(contract === undefined ? [] : [`import * as own${hidden} from ${JSON.stringify(`./${basename(spec.file)}`)};`]),
      `let impl${hidden};`,
      `const load${hidden} = () => impl${hidden} ??= require(${JSON.stringify(implSpecifier)});`,
      ...(alone ? [] : [`choose(${JSON.stringify(spec.id)}, load${hidden});`]),
      `hook${hidden}([${early.map((text) => `() => (${text}\n)`).join(", ")}], load${hidden}, () => {`,
      `if (!(${JSON.stringify(spec.name)} in impl${hidden})) throw new Error(${JSON.stringify(`impl.ts does not export ${spec.name}`)});`,
      ...(spec.method === undefined ? [`const ${spec.name} = impl${hidden}[${JSON.stringify(spec.name)}];`] : []),
      ...(contract === undefined ? [] : [`const ${REQUEST} = requester${hidden}(${requesterOptions(spec, contract, hidden)});`]),
      ...(blocks.length > 0 ? [`const fc = fc${hidden};`] : []),
      "{",
      ...[...code, ...blocks].flatMap(({ around }) => around),
      ...(declared.size > 0 ? [`let ${[...declared].join(", ")};`] : []),
      `return [${steps.join(",\n")}];`,
      `} }, hits${hidden});`,
    ].join("\n"),
  };

  function step(body: StatementCode["body"] | undefined, waits: boolean, text: string | undefined): string {
    const expect = text === undefined ? "" : `expect${hidden}();`;
    const run = `${waits ? "async " : ""}(expect${hidden}) => {\n${body?.(expect) ?? ""}\n}`;
    return `{ run: ${run}${text === undefined ? "" : `, expected: () => (${text}\n)`} }`;
  }
}

/** The schemas are values of the spec's file; that it is named here keeps it in a bundle of files that are said to have no side effects. */
function requesterOptions({ id, name }: Spec, contract: string, hidden: string): string {
  return `{ unit: ${JSON.stringify(id)}, contract: ${JSON.stringify(contract)}, schemas: schemas${hidden}(${JSON.stringify(id)}, own${hidden}), handler: ${name} }`;
}

/** A block whose value is a property asserts it. */
function propertyBody({ body }: StatementCode, i: number): string {
  const value = `value$${i}`;
  return `const ${value} = await (async () => {\n${body("")}\n})();
if (typeof ${value} === "object" && ${value} !== null && typeof ${value}.isAsync === "function" && typeof ${value}.generate === "function") await fc.assert(${value});`;
}

function expectedText({ expected }: Example): string | undefined {
  if (expected.kind === "throwsValue") return expected.expression;
  return expected.kind === "output" && expected.expression ? expected.text : undefined;
}

function planOf({ expected }: Example): StepExpectation {
  return expected.kind === "throwsValue" ? { kind: "throwsValue" } : expected;
}

/** Whether an expression names nothing else. */
function namesOnly(text: string, lang: "ts" | "tsx", isKnown: (name: string) => boolean): boolean {
  const node = parseExpression(text, lang);
  return node !== undefined && !awaits(node) && [...freeNames(node).values.keys()].every(isKnown);
}

interface Scope {
  readonly imports: readonly string[];
  /** Names that the imports bind. */
  readonly names: readonly string[];
}

/** The name by which statements call the unit; a method is called through its class. */
function ownName({ name, method }: Spec): string | undefined {
  return method === undefined ? name : undefined;
}

/** Imports of what the statements use of the spec file's imports and exports. */
function neededNames(spec: Spec, module: Module, declared: ReadonlySet<string>, expected: readonly string[]): Scope {
  const lang = languageOf(spec);
  const sources = [...spec.examples.map(({ source }) => source), ...spec.properties.map(({ source }) => source), ...expected.map((text) => `(${text}\n)`)];
  const used = new Set(
    sources.flatMap((source) => {
      const syntax = parseText(source, lang);
      return "program" in syntax ? [...freeNames(syntax.program).values.keys()] : [];
    }),
  );
  const own = `./${basename(spec.file)}`;
  const imports: string[] = [];
  const names: string[] = [];
  const add = (name: string, imported: string, specifier: string): void => {
    const from = JSON.stringify(specifier);
    names.push(name);
    if (imported === "*") imports.push(`import * as ${name} from ${from};`);
    else imports.push(`import { ${imported === name ? name : `${nameInClause(imported)} as ${name}`} } from ${from};`);
  };
  for (const name of used) {
    if (name === ownName(spec) || declared.has(name) || (spec.http !== undefined && name === REQUEST)) continue;
    const imported = module.imports.find(({ local, typeOnly }) => local === name && !typeOnly);
    const exported = module.exports.named.get(name);
    if (imported !== undefined) {
      // Examples may name vibesafe's own errors, no more.
      add(name, imported.imported, imported.specifier);
    } else if (exported !== undefined && !exported.typeOnly) add(name, name, own);
    else if (module.exports.stars.length > 0 && !PURE.has(name) && name !== "fc") add(name, name, own);
  }
  return { imports, names };
}

function nameInClause(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);
}

/** Modules that the generated code imports: they are the user's, and are evaluated before it. */
function implImports(impl: string): string[] {
  const syntax = parseText(impl, "ts");
  if (!("program" in syntax)) return [];
  return syntax.program.body.flatMap((statement) => {
    if (statement.type !== "ImportDeclaration" || statement.importKind === "type") return [];
    const values = statement.specifiers.length === 0 || statement.specifiers.some((one) => one.type !== "ImportSpecifier" || one.importKind !== "type");
    return values ? [statement.source.value] : [];
  });
}

/** Extension of the virtual files that stand beside the spec's file. */
export function virtualExtension(spec: Spec): string {
  const extension = extname(spec.file);
  return extension === ".tsx" || extension === ".jsx" ? ".tsx" : ".ts";
}
