/**
 * Arguments that need no parser: flags, options with a value, and words. For commands that scripts call often.
 *
 * yargs takes longer to load than node to start. Whatever is not plain (an unknown option, `--n=5`, `--help`, an option twice, a value that
 * begins with a dash) is left to it, with its help and its errors; what is plain means the same to both.
 *
 * @module
 */

/** Takes arguments one name at a time; each argument is taken once. */
export interface PlainArgs {
  /** Whether one of these flags is given; undefined when not. */
  flag(...names: readonly string[]): true | undefined;
  /** The value of an option that takes one. */
  text(...names: readonly string[]): string | undefined;
  /** The same, for a whole number from 0. */
  count(...names: readonly string[]): number | undefined;
  /** The words that are left, not more than `most`; to be asked for last. */
  words(most?: number): string[] | undefined;
}

/**
 * Reads `args` by `take`.
 *
 * @returns undefined when not every argument was plain
 */
export function takePlain<Args>(args: readonly string[], take: (plain: PlainArgs) => Args): Args | undefined {
  if (!args.every(isPlain)) return undefined;
  const left = [...args];
  let plain = true;
  const position = (names: readonly string[]): number => left.findIndex((arg) => names.some((name) => arg === (name.length === 1 ? `-${name}` : `--${name}`)));
  const text = (...names: readonly string[]): string | undefined => {
    const at = position(names);
    if (at === -1) return undefined;
    const [, value] = left.splice(at, 2);
    plain &&= value !== undefined && !value.startsWith("-");
    return value;
  };
  const taken = take({
    flag: (...names) => {
      const at = position(names);
      if (at === -1) return undefined;
      left.splice(at, 1);
      return true;
    },
    text,
    count: (...names) => {
      const value = text(...names);
      plain &&= value === undefined || /^(0|[1-9]\d{0,8})$/.test(value);
      return value === undefined ? undefined : Number(value);
    },
    words: (most = Infinity) => {
      plain &&= left.length <= most && left.every((arg) => !arg.startsWith("-"));
      const words = left.splice(0);
      return words.length === 0 ? undefined : words;
    },
  });
  return plain && left.length === 0 ? taken : undefined;
}

/** yargs takes quotes off, and gives empty text meanings of its own. */
function isPlain(arg: string): boolean {
  return arg !== "" && !/["'\s]/.test(arg);
}
