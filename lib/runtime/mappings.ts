/**
 * One place looked up in the mappings of a source map. Node's own reader makes objects of all of them first: some hundred microseconds for
 * a small file, of which one place is asked.
 *
 * @see https://tc39.es/ecma426/#sec-mappings
 * @module
 */

/** Of a source by its index, both from 0. */
export interface Mapped {
  readonly source: number;
  readonly line: number;
}

/** Base64 digit by character code; -1 for what is none. */
const DIGITS: readonly number[] = Array.from({ length: 128 }, (_, code) =>
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".indexOf(String.fromCharCode(code)),
);

/**
 * The last mapping that begins at a place or before it; undefined where that leads to no source.
 *
 * @param line - and `column`, in the script, from 0
 * @throws SyntaxError when the mappings are damaged
 */
export function findMapping(mappings: string, line: number, column: number): Mapped | undefined {
  // Column, source, line and column in the source, name: all but the first go on from line to line.
  const state = [0, 0, 0, 0, 0];
  let found: Mapped | undefined;
  let generatedLine = 0;
  for (let at = 0; at < mappings.length && generatedLine <= line; ) {
    const code = mappings.charCodeAt(at);
    if (code === SEMICOLON || code === COMMA) {
      at += 1;
      if (code === SEMICOLON) {
        generatedLine += 1;
        state[0] = 0;
      }
      continue;
    }
    let fields = 0;
    for (; at < mappings.length; fields += 1) {
      let value = 0;
      let shift = 0;
      let digit = DIGITS[mappings.charCodeAt(at)] ?? -1;
      if (digit === -1) break;
      for (; ; shift += 5) {
        if (digit === -1 || shift > 30) throw new SyntaxError(`bad number in the mappings at ${at}`);
        value += (digit & 31) << shift;
        at += 1;
        if ((digit & 32) === 0) break;
        digit = DIGITS[mappings.charCodeAt(at)] ?? -1;
      }
      if (fields < state.length) state[fields] = (state[fields] ?? 0) + ((value & 1) === 0 ? value >>> 1 : -(value >>> 1));
    }
    const next = mappings.charCodeAt(at);
    if ((fields !== 1 && fields !== 4 && fields !== 5) || (at < mappings.length && next !== COMMA && next !== SEMICOLON)) {
      throw new SyntaxError(`bad mapping at ${at}`);
    }
    const [generatedColumn = 0, source = 0, sourceLine = 0] = state;
    if (generatedLine === line && generatedColumn > column) break;
    found = fields === 1 ? undefined : { source, line: sourceLine };
  }
  return found;
}

const SEMICOLON = ";".charCodeAt(0);
const COMMA = ",".charCodeAt(0);
