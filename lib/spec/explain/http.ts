/**
 * Drift of an endpoint: where it answers, and what it takes and gives.
 *
 * @module
 */

import { isSame, modified, short, type Change } from "./change.ts";
import { parseContract, type Contract } from "../../http/contract.ts";
import type { HttpMap } from "../types.ts";

/** Schemas that changed with a type that the spec names are told there, and here once more as what a client would notice. */
export function explainHttp(before: HttpMap | undefined, after: HttpMap | undefined): Change[] {
  if (before === undefined || after === undefined) return [];
  const changes: Change[] = [];
  const note = (field: string, word: string, old: string | null, now: string | null): void => {
    if (old !== now) changes.push(modified(`http.${field}`, old, now, `${word}: ${old === null ? "none" : short(old)} -> ${now === null ? "none" : short(now)}`));
  };
  note("method", "Method", before.method, after.method);
  note("path", "Path", before.path, after.path);
  note("tags", "Tags", before.tags.join(", ") || null, after.tags.join(", ") || null);
  const bound = ({ bind }: HttpMap): string | null => Object.entries(bind).map(([name, place]) => `${name} in ${place}`).join(", ") || null;
  note("bind", "Bound", bound(before), bound(after));
  note("input", "Input schema", before.input, after.input);
  note("output", "Output schema", before.output, after.output);
  const [old, now] = [parseContract(before.contract), parseContract(after.contract)];
  if (!isSame(taken(old), taken(now))) note("contract.input", "Request", JSON.stringify(taken(old)), JSON.stringify(taken(now)));
  if (!isSame(given(old), given(now))) note("contract.output", "Answer", JSON.stringify(given(old)), JSON.stringify(given(now)));
  return changes;
}

/** What a client may send, without where: that is told by path and bind. */
function taken({ fields, defs }: Contract): unknown {
  return { fields: fields.map(({ name, required, schema }) => ({ name, required, schema })), defs };
}

function given({ result, defs }: Contract): unknown {
  return { result, defs };
}
