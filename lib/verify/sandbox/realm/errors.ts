/**
 * `DOMException`, as far as code in the sandbox can meet one.
 *
 * @module
 */

export class DOMException extends Error {
  override readonly name: string;

  constructor(message: string = "", name: string = "Error") {
    super(message);
    this.name = name;
  }
}

/** Throws the answer of the harness if it tells of a failure: `!` or `!message`. */
export function orThrow(answer: string, makeError: (message: string) => Error): string {
  if (answer[0] === "!") throw makeError(answer.slice(1));
  return answer;
}
