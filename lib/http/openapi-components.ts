/**
 * Named schemas of an OpenAPI document: `#/$defs/X` of many schemas becomes `#/components/schemas/X` of one document.
 *
 * @module
 */

export type AnySchema = Readonly<Record<string, unknown>>;

export interface Components {
  /** A schema fit for the document; its definitions are added to the components, under other names where theirs are taken. */
  adopt(schema: AnySchema, defs: Readonly<Record<string, AnySchema>>): AnySchema;
  all(): Readonly<Record<string, AnySchema>>;
}

export function createComponents(given: Readonly<Record<string, AnySchema>>): Components {
  const schemas = new Map<string, AnySchema>(Object.entries(given));
  /** Text of a schema with all that it names -> its name here. */
  const texts = new Map<string, string>();
  return {
    adopt(schema, defs) {
      const names = new Map<string, string>();
      const added: string[] = [];
      for (const old of reachable(schema, defs)) {
        const text = JSON.stringify([old, [...reachable(defs[old] ?? {}, defs)].map((name) => [name, defs[name]]), defs[old]]);
        const known = texts.get(text);
        const name = known ?? freeName(old.replaceAll(/[^\w.-]+/g, "_"), schemas);
        names.set(old, name);
        if (known !== undefined) continue;
        texts.set(text, name);
        schemas.set(name, {});
        added.push(old);
      }
      for (const old of added) schemas.set(names.get(old) ?? old, renamed(defs[old] ?? {}, names));
      return renamed(schema, names);
    },
    all: () => Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function freeName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let name = wanted === "" ? "Schema" : wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}${i}`;
  return name;
}

const REF = "#/$defs/";

function refOf(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(REF) ? decodeURIComponent(value.slice(REF.length)).replaceAll("~1", "/").replaceAll("~0", "~") : undefined;
}

/** Definitions that a schema leads to. */
function reachable(schema: unknown, defs: Readonly<Record<string, AnySchema>>): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        const name = key === "$ref" ? refOf(item) : undefined;
        if (name === undefined) visit(item);
        else if (!found.has(name)) {
          found.add(name);
          visit(defs[name]);
        }
      }
    }
  };
  visit(schema);
  return found;
}

function renamed(schema: AnySchema, names: ReadonlyMap<string, string>): AnySchema {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const name = key === "$ref" ? names.get(refOf(value) ?? "") : undefined;
      return [key, name === undefined ? renamedValue(value, names) : `#/components/schemas/${name}`];
    }),
  );
}

function renamedValue(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => renamedValue(item, names));
  return typeof value === "object" && value !== null ? renamed(value as AnySchema, names) : value;
}
