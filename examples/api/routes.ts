/**
 * Endpoints: one of plain types, one without input, one with path, query and header values, one with a schema.
 *
 * @module
 */

import { vibesafe, VibesafeHandled } from "vibesafe";
import { z } from "zod";

export interface Summands {
  a: number;
  b: number;
}

/**
 * Adds two numbers.
 *
 * >>> await sumEndpoint({ a: 2, b: 3 })
 * { sum: 5 }
 * >>> await request("/sum", { method: "POST", body: { a: 2, b: 3 } })
 * { status: 200, body: { sum: 5 } }
 * >>> (await request("/sum", { method: "POST", body: { a: "2" } })).body.errors
 * [{ in: "body", pointer: "#/a", detail: "must be a number" }, { in: "body", pointer: "#/b", detail: "is missing" }]
 */
export const sumEndpoint = vibesafe.http({ method: "POST", path: "/sum", tags: ["math"] }, async function sumEndpoint({ a, b }: Summands): Promise<{ sum: number }> {
  throw new VibesafeHandled();
});

/**
 * Greets.
 *
 * The greeting is `Hello, World!` where no name, or only white space, is given.
 *
 * >>> await helloEndpoint("Ada")
 * { message: 'Hello, Ada!' }
 * >>> await request("/hello")
 * { status: 200, body: { message: 'Hello, World!' } }
 * >>> await request("/hello", { query: { name: "  Grace  " } })
 * { status: 200, body: { message: 'Hello, Grace!' } }
 */
export const helloEndpoint = vibesafe.http({ method: "GET", path: "/hello", tags: ["text"] }, async function helloEndpoint(name: string = ""): Promise<{ message: string }> {
  throw new VibesafeHandled();
});

export interface Book {
  isbn: string;
  title: string;
  year: number;
  languages: string[];
}

export const BOOKS: readonly Book[] = [
  { isbn: "9780262510875", title: "Structure and Interpretation of Computer Programs", year: 1985, languages: ["en", "de", "fr"] },
  { isbn: "9783540653127", title: "Elements of Programming", year: 2009, languages: ["en", "ru"] },
  { isbn: "9780201896831", title: "The Art of Computer Programming", year: 1968, languages: ["en"] },
];

/**
 * A book by its ISBN.
 *
 * With `language` only a book that was published in one of these languages; `accept-language` counts where no `language` is given: its
 * entries in order, without their weights and regions, `*` for any. A book that is not there, or not in such a language, is a 404.
 *
 * >>> (await bookEndpoint("9780262510875")).year
 * 1985
 * >>> (await request("/books/9783540653127?language=de&language=ru")).body.title
 * 'Elements of Programming'
 * >>> (await request("/books/9783540653127", { headers: { "accept-language": "de-AT, en-GB;q=0.7" } })).status
 * 200
 * >>> (await request("/books/9780201896831", { headers: { "accept-language": "fr, *;q=0.1" } })).status
 * 200
 * >>> await bookEndpoint("9783540653127", ["fr"])
 * ! Error: there is no such book
 * >>> await request("/books/1?language=en")
 * { status: 404, body: { type: "about:blank", title: "Not Found", status: 404, detail: "there is no such book" } }
 */
export const bookEndpoint = vibesafe.http(
  { method: "GET", path: "/books/{isbn}", tags: ["books"], bind: { acceptLanguage: "header" } },
  async function bookEndpoint(isbn: string, language: string[] = [], acceptLanguage: string = "*"): Promise<Book> {
    const book = BOOKS.find((one) => one.isbn === isbn);
    throw new VibesafeHandled();
  },
);

export const Order = z.object({
  isbn: z.string().regex(/^\d{13}$/, "must be 13 digits"),
  copies: z.int().min(1).max(100).default(1),
  note: z.string().trim().max(80).optional(),
});

export const Receipt = z.object({ isbn: z.string(), copies: z.int(), cents: z.int().nonnegative(), note: z.string().optional() });

/**
 * Orders copies of a book. A copy costs 4200 cents, from the tenth on 3150.
 *
 * >>> await orderEndpoint({ isbn: "9780262510875", copies: 2 })
 * { isbn: "9780262510875", copies: 2, cents: 8400 }
 * >>> await request("/orders", { method: "POST", body: { isbn: "9780262510875", copies: 12, note: " a gift " } })
 * { status: 200, body: { isbn: "9780262510875", copies: 12, cents: 47250, note: "a gift" } }
 * >>> await request("/orders", { method: "POST", body: { isbn: "9783540653127" } })
 * { status: 200, body: { isbn: "9783540653127", copies: 1, cents: 4200 } }
 * >>> (await request("/orders", { method: "POST", body: { isbn: "12", copies: 0 } })).body.errors.map((error: { pointer: string }) => error.pointer)
 * ["#/isbn", "#/copies"]
 * >>> (await request("/orders", { method: "POST", body: { isbn: "0000000000000" } })).status
 * 404
 */
export const orderEndpoint = vibesafe.http(
  { method: "POST", path: "/orders", tags: ["books"], input: Order, output: Receipt },
  async function orderEndpoint(order: z.infer<typeof Order>): Promise<z.input<typeof Receipt>> {
    throw new VibesafeHandled();
  },
);
