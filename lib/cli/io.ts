/**
 * What a command may touch of the process around it.
 *
 * @module
 */

export interface Io {
  /** Folder that the command was started in. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results. */
  out(text: string): void;
  /** Results that are no text: the content of an object, as it is. */
  outBytes(bytes: Uint8Array): void;
  /** Settles when the reader has taken enough for more: to be waited for between the pieces of what is large. */
  drained?(): Promise<void>;
  /** What is piped in. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Errors, warnings and progress. */
  err(text: string): void;
  /** Both ends of a dialogue; undefined where input or output is no terminal. */
  readonly terminal?: { readonly input: NodeJS.ReadStream; readonly output: NodeJS.WriteStream } | undefined;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
