/**
 * Uses every unit of the examples. In production (`VIBESAFE_ENV=prod`) it runs only what was verified and saved.
 *
 * @module
 */

import { encode } from "./data/run-length.ts";
import { mapLimit } from "./flow/map-limit.ts";
import { fibonacci, isPrime, sumStr } from "./math/ops.ts";
import { greet } from "./quickstart.ts";
import { cowsay } from "./text/cowsay.ts";
import { slugify } from "./text/slug.ts";

console.log(greet("Ada"));
console.log(`2 + 3 = ${sumStr("2", "3")}`);
console.log(`fibonacci(90) = ${fibonacci(90)}`);
console.log(`primes: ${Array.from({ length: 30 }, (_, n) => n).filter(isPrime).join(" ")}`);
console.log(`slug: ${slugify("Crème brûlée")}`);
console.log(`runs: ${JSON.stringify(encode("aabccc"))}`);
console.log(`squares: ${await mapLimit([1, 2, 3], 2, async (n) => n * n)}`);
console.log(cowsay("verified"));
