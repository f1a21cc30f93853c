/**
 * The data that the spec layer hands to the layers above it.
 *
 * @module
 */

import type { BlobId } from "../store/id.ts";
import type { VibesafeError } from "../errors.ts";

declare const unitId: unique symbol;

/** `<module.path>/<name>`, as in `examples.math.ops/sumStr`; made by `unitIdOf` or `parseUnitId` only. */
export type UnitId = string & { readonly [unitId]: true };

/** `vibesafe.func` and `vibesafe.http`. */
export type SpecKind = "function" | "http";

/** One parameter; the texts are canonical (see `print.ts`). A destructuring pattern is its own name. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly rest: boolean;
  readonly default: string | null;
}

export interface Signature {
  /** Canonical, one text each, in source order; absent where there are none. */
  readonly overloads?: readonly string[];
  readonly async: boolean;
  readonly generator: boolean;
  readonly typeParameters: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly returns: string;
}

/** What an example expects; see the four rules in the grammar. */
export type Expectation =
  | { readonly kind: "none" }
  /** `! Name: message`; `...` in the message matches anything. */
  | { readonly kind: "throws"; readonly name: string; readonly message: string }
  /** `! <expression>`: what is thrown is no Error. */
  | { readonly kind: "throwsValue"; readonly expression: string }
  /** Compared with what was printed when the statement's value is undefined, else as expression or inspected text. */
  | {
      readonly kind: "output";
      readonly text: string;
      /** The text parses as one expression whose free names are all in scope. */
      readonly expression: boolean;
    };

export interface Example {
  /** TypeScript, one or more statements or one expression, dedented, without prompts. */
  readonly source: string;
  readonly expected: Expectation;
  /** Line of `source` in the spec's file, from 1. */
  readonly line: number;
  /** `source` says `await` outside any function: its value, and what it throws, are those of the promise. */
  readonly awaits: boolean;
}

export interface PropertyTest {
  readonly source: string;
  /** Line of the first line of `source` in the spec's file, from 1. */
  readonly line: number;
}

/** A name in scope of the doc comment's statements, with how the spec's file comes by it. */
export interface ImportedName {
  readonly local: string;
  /** `*` for a namespace, `default` for the default export. */
  readonly imported: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

export interface SpecOptions {
  readonly provider?: string;
  readonly model?: string;
  readonly template?: string;
  readonly allow: readonly string[];
  /** `unit: "…"`, as written. */
  readonly unit?: string;
}

/** A schema that an http unit names: an expression of its file, never run to read the spec. */
export interface HttpSchema {
  readonly span: Span;
  /** Canonical. */
  readonly code: string;
}

/** Where the endpoint of an http unit answers, and what it takes and gives, as written. */
export interface HttpOptions {
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  /** Field -> where it is bound when that is not by the rules: `header`, `header:x-api-key`, `cookie`, `query`, `body`. */
  readonly bind: Readonly<Record<string, string>>;
  readonly input?: HttpSchema;
  readonly output?: HttpSchema;
}

/** How a unit is written down: `vibesafe.func(…)` or `vibesafe.http(…)`, a decorated method, or a function tagged `@vibesafe`. */
export type SpecForm = "call" | "method" | "declaration";

/** The method that a unit is. */
export interface MethodPlace {
  readonly className: string;
  /** Name that the module exports the class under. */
  readonly exportedAs: string;
  readonly isStatic: boolean;
  /** Offset behind the brace that opens the class's body. */
  readonly bodyStart: number;
}

/** A spec as read from source; nothing of it was executed. Offsets are UTF-16 indices into `source`. */
export interface Spec {
  readonly id: UnitId;
  readonly kind: SpecKind;
  /** How it is written; `call` where it does not say. */
  readonly form?: SpecForm;
  /** Of a method only. */
  readonly method?: MethodPlace;
  /** Name that a reply must export; of a method that of the method alone. */
  readonly name: string;
  /** Whether the module exports the unit, and as what; a method is reached through its class. */
  readonly exportedAs: string | undefined;
  /** Whether the function expression has a name of its own (runtime look-up by name). */
  readonly named: boolean;
  /** POSIX path from the project root. */
  readonly file: string;
  /** Line where `call` begins, from 1. */
  readonly line: number;
  /** Whole text of the file, as on disk. */
  readonly source: string;
  /** The whole `vibesafe.func(…)` call, decorated method or function declaration. */
  readonly call: Span;
  /** The function inside it; of a method from the parameters on. */
  readonly fn: Span;
  /** Overload signatures that stand above it; of methods from the parameters on. */
  readonly overloads?: readonly Span[];
  /** The function's header as written, comments and all: from `fn.start` to just before the body. */
  readonly header: string;
  /** Pre-hole code as written, dedented. */
  readonly preHole: string;
  readonly signature: Signature;
  /** Normalised doc text, examples included; empty when there is no doc comment. */
  readonly doc: string;
  /** Canonical pre-hole code, one statement a line. */
  readonly body: string;
  readonly options: SpecOptions;
  /** What an http unit says of its endpoint. */
  readonly http?: HttpOptions;
  readonly examples: readonly Example[];
  readonly properties: readonly PropertyTest[];
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A broken spec or file; the other units are not concerned. */
export interface SpecProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly unit?: UnitId;
  readonly error: VibesafeError;
}

/**
 * What a spec names, transitively. A *reference* is one of
 * `src/parse#parseInteger` (declaration: module path with slashes, `#`, exported or local name, `*` for a whole module),
 * `npm:zod#z` (package: its name, `#`, imported name), `node:path#join` (built-in), `unit:examples.math.ops/isPrime`.
 */
export interface SpecDependencies {
  /** Local name -> reference, for the signature, pre-hole code and doc statements. */
  readonly names: Readonly<Record<string, string>>;
  /** Reference of a declaration -> its canonical code and what its own names refer to. */
  readonly declarations: Readonly<Record<string, { readonly code: string; readonly names: Readonly<Record<string, string>> }>>;
  /** Package name -> installed version. */
  readonly packages: Readonly<Record<string, string>>;
  /** Unit id -> signature and doc, canonical, and what the names in the signature refer to. */
  readonly units: Readonly<
    Record<string, { readonly signature: string; readonly doc: string; readonly names: Readonly<Record<string, string>> }>
  >;
}

/** The content of the spec blob; `encodeCbor` of it, hashed as a git blob, is H_spec. */
export interface SpecMap {
  readonly format: 1;
  readonly vibesafe: string;
  readonly kind: SpecKind;
  readonly name: string;
  readonly signature: Signature;
  readonly doc: string;
  readonly body: string;
  /** Effective allow list (project's and unit's), sorted, without duplicates. */
  readonly options: { readonly allow: readonly string[] };
  /** Git blob id of the template's content with LF line ends. */
  readonly template: string;
  /** Numbers that may be fractions are decimal text: CBOR has many spellings of a float, decimal text has one. */
  readonly provider: {
    readonly kind: string;
    readonly model: string;
    readonly temperature: string | null;
    readonly seed: number | null;
    readonly max_tokens: number | null;
    readonly reasoning_effort: string | null;
  };
  readonly deps: SpecDependencies;
  /** Of an http unit only. */
  readonly http?: HttpMap;
}

/** What H_spec covers of an endpoint. */
export interface HttpMap {
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly bind: Readonly<Record<string, string>>;
  /** Canonical code of the schemas; null where the types say it. */
  readonly input: string | null;
  readonly output: string | null;
  /** JSON of the `Contract` (lib/http/contract.ts) that follows from all of this: what production validates by, without parsing. */
  readonly contract: string;
}

/** A file that went into H_spec, with the SHA-256 of its bytes (in-toto "material"). */
export interface Material {
  /** POSIX path from the project root. */
  readonly uri: string;
  readonly digest: { readonly sha256: string };
}

export interface HashedSpec {
  readonly spec: Spec;
  readonly map: SpecMap;
  /** Deterministic CBOR of `map`. */
  readonly bytes: Uint8Array;
  readonly specHash: BlobId;
  readonly materials: readonly Material[];
  /** Source, as written, of every project declaration in `map.deps.declarations`, for the prompt. */
  readonly sources: ReadonlyMap<string, { readonly file: string; readonly line: number; readonly text: string }>;
}
