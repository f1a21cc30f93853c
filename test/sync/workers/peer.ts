/**
 * One command of somebody who shares a store: `peer.ts ROOT KILL_AT NAME SECONDS ACTION…`, where the action is `save UNIT CODE`,
 * `pull CHOICE` or `push`. Kills itself just before the system call of that number. Prints the id of what it saved, then how many calls
 * there were.
 *
 * @module
 */

import { killBefore } from "../../store/workers/kill-before.ts";

const [root = "", killAt = "0", name = "", seconds = "0", action = "", first = "", second = ""] = process.argv.slice(2);
const { acknowledge, count } = killBefore(Number(killAt));

const { contextOf, identitiesOf, person, save } = await import("../pair.ts");
const { pullRemote } = await import("../../../lib/sync/pull.ts");
const { pushRemote } = await import("../../../lib/sync/push.ts");
const { openStore } = await import("../../../lib/store/store.ts");

const store = openStore(`${root}/.vibesafe`);
const who = person(name, Number(seconds));
if (action === "save") acknowledge(save(store, first, second, who));
else if (action === "push") await pushRemote(contextOf(store, who));
else {
  const choice = first === "ours" || first === "theirs" || first === "newest" ? first : undefined;
  await pullRemote(contextOf(store, who), { choice, identities: identitiesOf(who) });
}
acknowledge(`calls ${count()}`);
