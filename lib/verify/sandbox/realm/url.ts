/**
 * `URL` and `URLSearchParams`: the state lives in the realm, node's own parser and serialiser work on text.
 *
 * @module
 */

import type { RealmHost } from "./host.ts";

const SETTABLE = ["protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"];

export interface UrlClasses {
  readonly URL: unknown;
  readonly URLSearchParams: unknown;
  readonly reveal: (value: object) => string | undefined;
}

export function makeUrl(host: RealmHost): UrlClasses {
  const invalid = (input: string): TypeError => Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input });
  let writing: (() => void) | undefined;

  class URLSearchParams {
    #pairs: [string, string][] = [];
    #changed: (() => void) | undefined;

    constructor(init: unknown = "") {
      this.#changed = writing;
      if (typeof init === "object" && init !== null) {
        const entries = Symbol.iterator in init ? [...(init as Iterable<Iterable<unknown>>)].map((pair) => [...pair]) : Object.entries(init);
        for (const pair of entries) {
          if (pair.length !== 2) throw new TypeError("Each query pair must be an iterable [name, value] tuple");
          this.#pairs.push([String(pair[0]), String(pair[1])]);
        }
      } else read(this, String(init));
    }
    static read(params: URLSearchParams, text: string): void {
      const flat = JSON.parse(host.queryParse(text)) as string[];
      params.#pairs = [];
      for (let i = 0; i < flat.length; i += 2) params.#pairs.push([flat[i] ?? "", flat[i + 1] ?? ""]);
    }
    static reveal(value: object): string | undefined {
      return #pairs in value ? host.queryFormat(JSON.stringify(value.#pairs)) : undefined;
    }
    #change(pairs: [string, string][]): void {
      this.#pairs = pairs;
      this.#changed?.();
    }
    get size(): number {
      return this.#pairs.length;
    }
    append(name: unknown, value: unknown): void {
      this.#change([...this.#pairs, [String(name), String(value)]]);
    }
    delete(name: unknown, value?: unknown): void {
      this.#change(this.#pairs.filter(([k, v]) => k !== String(name) || (value !== undefined && v !== String(value))));
    }
    get(name: unknown): string | null {
      return this.#pairs.find(([k]) => k === String(name))?.[1] ?? null;
    }
    getAll(name: unknown): string[] {
      return this.#pairs.filter(([k]) => k === String(name)).map(([, v]) => v);
    }
    has(name: unknown, value?: unknown): boolean {
      return this.#pairs.some(([k, v]) => k === String(name) && (value === undefined || v === String(value)));
    }
    set(name: unknown, value: unknown): void {
      const at = this.#pairs.findIndex(([k]) => k === String(name));
      if (at < 0) return this.append(name, value);
      this.#change(this.#pairs.filter(([k], i) => k !== String(name) || i === at).map((pair, i) => (i === at ? [pair[0], String(value)] : pair)));
    }
    sort(): void {
      this.#change([...this.#pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
    }
    forEach(visit: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void {
      for (const [name, value] of this.#pairs) visit.call(self, value, name, this);
    }
    *entries(): Generator<[string, string]> {
      for (const [name, value] of this.#pairs) yield [name, value];
    }
    *keys(): Generator<string> {
      for (const [name] of this.#pairs) yield name;
    }
    *values(): Generator<string> {
      for (const [, value] of this.#pairs) yield value;
    }
    [Symbol.iterator](): Generator<[string, string]> {
      return this.entries();
    }
    toString(): string {
      return host.queryFormat(JSON.stringify(this.#pairs));
    }
  }
  const { read, reveal: revealQuery } = URLSearchParams;
  Reflect.deleteProperty(URLSearchParams, "read");
  Reflect.deleteProperty(URLSearchParams, "reveal");

  class URL {
    #href: string;
    #params: URLSearchParams | undefined;

    constructor(input: unknown, base?: unknown) {
      const href = host.urlParse(String(input), base === undefined ? undefined : String(base));
      if (href === "!") throw invalid(String(input));
      this.#href = href;
    }
    static canParse(input: unknown, base?: unknown): boolean {
      return host.urlParse(String(input), base === undefined ? undefined : String(base)) !== "!";
    }
    static parse(input: unknown, base?: unknown): URL | null {
      return URL.canParse(input, base) ? new URL(input, base) : null;
    }
    static reveal(value: object): string | undefined {
      return #href in value ? value.#href : undefined;
    }
    static part(url: URL, part: string): string {
      return host.urlPart(url.#href, part);
    }
    static write(url: URL, part: string, value: string): void {
      url.#href = host.urlWith(url.#href, part, value);
      if (url.#params !== undefined && part === "search") read(url.#params, host.urlPart(url.#href, "search"));
    }
    get href(): string {
      return this.#href;
    }
    set href(value: string) {
      const href = host.urlParse(String(value), undefined);
      if (href === "!") throw invalid(String(value));
      this.#href = href;
      if (this.#params !== undefined) read(this.#params, host.urlPart(href, "search"));
    }
    get origin(): string {
      return host.urlPart(this.#href, "origin");
    }
    get searchParams(): URLSearchParams {
      if (this.#params === undefined) {
        writing = () => {
          this.#href = host.urlWith(this.#href, "search", String(this.#params));
        };
        try {
          this.#params = new URLSearchParams(host.urlPart(this.#href, "search"));
        } finally {
          writing = undefined;
        }
      }
      return this.#params;
    }
    toString(): string {
      return this.#href;
    }
    toJSON(): string {
      return this.#href;
    }
  }
  const { reveal: revealUrl, part, write } = URL;
  for (const helper of ["reveal", "part", "write"]) Reflect.deleteProperty(URL, helper);
  for (const name of SETTABLE) {
    Object.defineProperty(URL.prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: URL): string {
        return part(this, name);
      },
      set(this: URL, value: unknown) {
        write(this, name, String(value));
      },
    });
  }
  return { URL, URLSearchParams, reveal: (value) => revealUrl(value) ?? revealQuery(value) };
}
