import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeValidationError } from "../../lib/errors.ts";
import { fencedBlocks } from "../../lib/generate/fence.ts";
import { codeOfReply } from "../../lib/generate/reply.ts";

const lines = (...text: string[]): string => text.join("\n");

test("the last block of TypeScript or JavaScript is the code", () => {
  assert.equal(codeOfReply("```ts\nconst a = 1;\n```"), "const a = 1;\n");
  assert.equal(codeOfReply("Draft:\n```ts\nold\n```\nBetter:\n```typescript\nnew\n```\nDone."), "new\n");
  assert.equal(codeOfReply("```ts\ncode\n```\n\n```json\n{}\n```\n"), "code\n");
  for (const info of [
    "ts",
    "TS",
    "typescript",
    "TypeScript",
    "js",
    "javascript",
    " ts",
    'ts title="a"',
    "ts:src/a.ts",
    "{.ts}",
    "ts{1,2}",
  ]) {
    assert.equal(codeOfReply(`\`\`\`${info}\nx\n\`\`\``), "x\n", info);
  }
});

test("without such a block the whole reply is the code", () => {
  assert.equal(codeOfReply("\n  export const a = 1;\n\n"), "export const a = 1;\n");
  assert.equal(codeOfReply("```json\n{}\n```"), "```json\n{}\n```\n");
  assert.equal(codeOfReply("```tsx\n<a/>\n```"), "```tsx\n<a/>\n```\n");
  assert.equal(codeOfReply("```\nx\n```"), "```\nx\n```\n");
});

test("fences as CommonMark has them", () => {
  const cases: [name: string, reply: string, code: string][] = [
    ["tildes", "~~~ts\nx\n~~~", "x\n"],
    ["tildes with backticks in the info string", "~~~ts `a`\nx\n~~~", "x\n"],
    ["no backtick in the info string of a backtick fence", "``` ts `\nx\n```", "``` ts `\nx\n```\n"],
    ["a closing fence may be longer", "```ts\nx\n`````", "x\n"],
    ["a closing fence may not be shorter", "````ts\nx\n```\ny\n````", "x\n```\ny\n"],
    ["a closing fence is of the same kind", "```ts\nx\n~~~\ny\n```", "x\n~~~\ny\n"],
    ["a closing fence has no info string", "```ts\nx\n```ts\ny\n```", "x\n```ts\ny\n"],
    ["a closing fence may have blanks after it", "```ts\nx\n``` \t\nprose", "x\n"],
    ["two are too few", "``ts\nx\n``", "``ts\nx\n``\n"],
    ["not closed: to the end", "prose\n```ts\nx\ny", "x\ny\n"],
    ["indentation of the fence comes off", "  ```ts\n  a\n    b\n c\n  ```", "a\n  b\nc\n"],
    ["four blanks are no fence", "    ```ts\n    x\n    ```", "```ts\n    x\n    ```\n"],
    ["a closing fence four blanks in is content", "```ts\nx\n    ```\ny\n```", "x\n    ```\ny\n"],
    ["in a list item", "1. Here:\n\n   ```ts\n   a\n     b\n   ```\n2. next", "a\n  b\n"],
    ["in a list item with a wide marker", "10. Here:\n    ```ts\n    a\n    ```", "a\n"],
    ["directly after a marker", "- ```ts\n  a\n  ```", "a\n"],
    ["a list item that ends takes its fence along", "- ```ts\n  a\nprose", "a\n"],
    ["in a block quote", "> ```ts\n> a\n> \n> b\n> ```", "a\n\nb\n"],
    ["in a list in a quote", "> - x\n>   ```ts\n>   a\n>   ```", "a\n"],
    ["inside a longer fence", "````md\n```ts\nno\n```\n````", "````md\n```ts\nno\n```\n````\n"],
    [
      "fences in a template literal within a longer fence",
      "````ts\nconst a = `\n```ts\nx\n```\n`;\n````",
      "const a = `\n```ts\nx\n```\n`;\n",
    ],
  ];
  for (const [name, reply, code] of cases) assert.equal(codeOfReply(reply), code, name);
});

test("line ends are LF, one at the end", () => {
  assert.equal(codeOfReply("```ts\r\na\r\nb\r\n```\r\n"), "a\nb\n");
  assert.equal(codeOfReply("```ts\ra\rb\r```"), "a\nb\n");
  assert.equal(codeOfReply("\uFEFF```ts\n\n\n  a\n\n\n```"), "  a\n");
});

test("no code is an error that says so", () => {
  for (const reply of ["", " \n\t\n", "```ts\n```", "```ts\n\n  \n```", "prose\n```ts"]) {
    assert.throws(
      () => codeOfReply(reply),
      (error) => error instanceof VibesafeValidationError && /empty/.test(error.message),
      JSON.stringify(reply),
    );
  }
});

test("hostile replies: NUL, lone surrogates, ten thousand fences, eight MiB", () => {
  assert.equal(codeOfReply("```ts\na\0b\uD800\n```"), "a\0b\uD800\n");
  const many = Array.from({ length: 10_000 }, (_, i) => lines("```ts", `const a = ${i};`, "```")).join("\n");
  assert.equal(codeOfReply(many), "const a = 9999;\n");
  const deep = `${"> ".repeat(20_000)}\`\`\`ts\n`;
  assert.throws(() => codeOfReply(deep), VibesafeValidationError);
  assert.equal(codeOfReply(`${"- ".repeat(20_000)}x\n\`\`\`ts\na\n\`\`\``), "a\n");
  const huge = "x".repeat(8 * 1024 * 1024);
  assert.equal(codeOfReply(huge).length, huge.length + 1);
  assert.equal(codeOfReply(`${"`".repeat(1_000_000)}ts\na\n`), "a\n");
});

test("any code comes back from a fence longer than those in it", () => {
  const line = fc.oneof(fc.string(), fc.constantFrom("```", "```ts", "~~~", "  ```", "> a", "- b", "    c", "`````"));
  fc.assert(
    fc.property(
      fc.array(
        line.map((text) => text.replaceAll(/[\r\n]/g, "")),
        { minLength: 1 },
      ),
      fc.constantFrom("`", "~"),
      (body, marker) => {
        const code = body.join("\n");
        const longest = Math.max(2, ...[...code.matchAll(/`+|~+/g)].map(([run]) => run.length));
        const fence = marker.repeat(longest + 1);
        const [block, ...others] = fencedBlocks(`prose\n\n${fence}ts\n${code}\n${fence}\n`);
        assert.deepEqual(others, []);
        assert.deepEqual(block, { info: "ts", content: `${code}\n`, closed: true });
      },
    ),
  );
});
