/**
 * Git's configuration format, as far as reading needs it (git-config(1), "Syntax").
 *
 * @module
 */

export interface ConfigValue {
  /** `section.name` or `section.subsection.name`; section and name in lower case. */
  readonly key: string;
  /** Undefined for a name without `=`, which git reads as true. */
  readonly value: string | undefined;
}

/** Every setting in order; the last of one key wins. Undefined when the text is not in git's syntax. */
export function parseGitConfig(text: string): ConfigValue[] | undefined {
  const values: ConfigValue[] = [];
  let section: string | undefined;
  const lines = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n").split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    let line = (lines[index] ?? "").trimStart();
    const header = /^\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\\n]|\\.)*)")?\s*\]/.exec(line);
    if (header !== null) {
      const [whole, name = "", subsection] = header;
      section = name.toLowerCase() + (subsection === undefined ? "" : `.${subsection.replace(/\\(.)/g, "$1")}`);
      line = line.slice(whole.length).trimStart();
    }
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const setting = /^([A-Za-z][A-Za-z0-9-]*)\s*(?:=(.*))?$/s.exec(line);
    if (setting === null || section === undefined) {
      const bare = /^([A-Za-z][A-Za-z0-9-]*)\s*[#;]/.exec(line);
      if (bare === null || section === undefined) return undefined;
      values.push({ key: `${section}.${(bare[1] ?? "").toLowerCase()}`, value: undefined });
      continue;
    }
    let raw = setting[2];
    while (raw !== undefined && /(?:^|[^\\])(?:\\\\)*\\$/.test(raw) && index + 1 < lines.length) {
      index += 1;
      raw = raw.slice(0, -1) + (lines[index] ?? "");
    }
    const value = raw === undefined ? undefined : parseValue(raw);
    if (raw !== undefined && value === undefined) return undefined;
    values.push({ key: `${section}.${(setting[1] ?? "").toLowerCase()}`, value });
  }
  return values;
}

/** The last value of `key`, or undefined. */
export function configValue(values: readonly ConfigValue[], key: string): string | undefined {
  return values.findLast((setting) => setting.key === key)?.value;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", b: "\b", '"': '"', "\\": "\\" };

function parseValue(raw: string): string | undefined {
  let out = "";
  let kept = 0;
  let quoted = false;
  for (let index = 0; index < raw.length; index += 1) {
    const character = raw.charAt(index);
    if (character === "\\") {
      index += 1;
      const escaped = ESCAPES[raw.charAt(index)];
      if (escaped === undefined) return undefined;
      out += escaped;
      kept = out.length;
    } else if (character === '"') {
      quoted = !quoted;
      kept = out.length;
    } else if (!quoted && (character === "#" || character === ";")) {
      break;
    } else if (!quoted && /\s/.test(character)) {
      if (out !== "") out += character;
    } else {
      out += character;
      kept = out.length;
    }
  }
  return quoted ? undefined : out.slice(0, kept);
}
