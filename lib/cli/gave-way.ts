/**
 * What gave way in a merge of the project's repository is written into the reflogs by the next command that moves, prunes or lists refs.
 *
 * @module
 */

import { rememberGaveWay } from "../history/gave-way.ts";
import { identities } from "../history/identity.ts";
import type { Context } from "./context.ts";

export function keepWhatGaveWay(context: Context): void {
  const store = context.store();
  if (store !== undefined) rememberGaveWay(store, () => identities({ root: context.project().root, env: context.io.env }).committer);
}
