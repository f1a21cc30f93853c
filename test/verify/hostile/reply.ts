/**
 * What a hostile reply is. Each gives a wrong answer, or none: whoever lets one pass has been deceived.
 */

export type Kind = "number" | "object" | "text" | "promise" | "thrown" | "later" | "rejected";

/**
 * What stands in the way: the policy, before anything runs; the realm, in which there is nothing to get hold of and no code from text;
 * the locked language; the copies that are compared instead of what the code still holds; the limits of time and memory; the judge,
 * who just finds the answer wrong.
 */
export type Stop = "policy" | "realm" | "lock" | "copies" | "limits" | "judge";

export interface Hostile {
  readonly tries: string;
  /** The first that stops it and, after the policy, the next. */
  readonly stops: readonly Stop[];
  /** Which spec it answers; `number` if not given. */
  readonly kind?: Kind;
  readonly impl: string;
  /** What the gates say when no policy has stopped it before. */
  readonly says: RegExp;
}

export const number = (body: string, before: string = ""): string => `${before}\nexport function answer(n: number): number {\n${body}\n}\n`;
export const object = (body: string, before: string = ""): string => `${before}\nexport function answer(n: number): unknown {\n${body}\n}\n`;
export const promise = (body: string, before: string = ""): string => `${before}\nexport async function answer(n: number): Promise<number> {\n${body}\n}\n`;
export const later = (body: string): string => `export async function answer(n: number): Promise<unknown> {\n${body}\n}\n`;
