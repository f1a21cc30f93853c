/** A letter without its accents: `é` is `e`, `ß` is `ss`. */
export function plainLetter(letter: string): string {
  return SPECIAL[letter] ?? letter.normalize("NFD").replaceAll(/\p{Mn}/gu, "");
}

const SPECIAL: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", ø: "o", ł: "l", đ: "d" };
