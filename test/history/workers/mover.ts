/**
 * A process that moves one ref of its own and one that all share, over and over: `mover.ts STORE NAME ROUNDS COMMIT COMMIT`.
 *
 * @module
 */

import { moveRefs } from "../../../lib/history/operations.ts";
import { parseId } from "../../../lib/store/id.ts";
import { readRef } from "../../../lib/store/refs.ts";
import { openStore } from "../../../lib/store/store.ts";
import { VibesafeStoreError } from "../../../lib/errors.ts";

const [dir = "", name = "", rounds = "", ...ids] = process.argv.slice(2);
const store = openStore(dir);
const commits = ids.map((id) => parseId<"commit">(id));
const who = { name, email: "", seconds: 1_700_000_000, offsetMinutes: 0 };
let done = 0;
while (done < Number(rounds)) {
  const own = `refs/units/${name}/f`;
  const [mine, shared] = [readRef(store, own) ?? null, readRef(store, "refs/units/shared/f") ?? null];
  const other = (id: string | null): (typeof commits)[number] => commits.find((commit) => commit !== id) ?? parseId<"commit">(id ?? "");
  try {
    moveRefs(store, [{ name: own, expected: mine, to: other(mine) }, { name: "refs/units/shared/f", expected: shared, to: other(shared) }], { who, command: `${name} ${done}` });
    done += 1;
  } catch (error) {
    // Somebody else was faster.
    if (!(error instanceof VibesafeStoreError)) throw error;
  }
}
