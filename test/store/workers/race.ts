/**
 * Moves refs many times, with compare-and-swap, and prints what it moved.
 *
 * @module
 */

import { VibesafeStoreError } from "../../../lib/errors.ts";
import { updateRefs } from "../../../lib/store/ref-transaction.ts";
import { readRef } from "../../../lib/store/refs.ts";
import { openStore } from "../../../lib/store/store.ts";
import { WHO, writeSave } from "../git.ts";

const [dir = "", worker = "", rounds = "0"] = process.argv.slice(2);
const store = openStore(dir);
const done: string[] = [];
const lost: string[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const shared = readRef(store, "refs/units/m/shared");
  const own = readRef(store, `refs/units/m/own${worker}`);
  const save = writeSave(store, `${worker} ${round}`, shared === undefined ? [] : [shared]);
  try {
    updateRefs(
      store,
      [
        { name: "refs/units/m/shared", expected: shared ?? null, to: save },
        { name: `refs/units/m/own${worker}`, expected: own ?? null, to: save },
      ],
      { who: WHO, message: `round ${round}` },
    );
    done.push(save);
  } catch (error) {
    if (!(error instanceof VibesafeStoreError)) throw error;
    lost.push(error.message);
  }
}
console.log(JSON.stringify({ done, lost }));
