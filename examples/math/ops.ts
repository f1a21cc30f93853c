import { vibesafe, VibesafeHandled } from "vibesafe";

/** Parses a whole decimal number. */
function parseInteger(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw new RangeError(`not an integer: ${text}`);
  return BigInt(text);
}

/**
 * Add two integers given as decimal strings, of any length.
 *
 * >>> sumStr("2", "3")
 * '5'
 * >>> sumStr("-10", "4")
 * '-6'
 * >>> sumStr("99999999999999999999", "1")
 * '100000000000000000000'
 * >>> sumStr("x", "1")
 * ! RangeError: not an integer: x
 */
export const sumStr = vibesafe.func(function sumStr(a: string, b: string): string {
  const left = parseInteger(a);
  const right = parseInteger(b);
  throw new VibesafeHandled();
});

/**
 * The n-th Fibonacci number, counted from fibonacci(0) = 0.
 *
 * >>> [0, 1, 2, 3, 4, 5, 6].map((n) => fibonacci(n))
 * [0n, 1n, 1n, 2n, 3n, 5n, 8n]
 * >>> fibonacci(100)
 * 354224848179261915075n
 */
export const fibonacci = vibesafe.func(function fibonacci(n: number): bigint {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`not a natural number: ${n}`);
  throw new VibesafeHandled();
});

/**
 * Whether n is a prime number.
 *
 * >>> [2, 3, 5, 7, 97, 7919].every((n) => isPrime(n))
 * true
 * >>> [-7, 0, 1, 4, 9, 91, 7917].some((n) => isPrime(n))
 * false
 * >>> isPrime(2.5)
 * false
 */
export const isPrime = vibesafe.func((n: number): boolean => {
  throw new VibesafeHandled();
});
