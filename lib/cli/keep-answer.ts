/**
 * Keeps what a command has said for the next run of the same command.
 *
 * @module
 */

import { CONFIG_FILE } from "../project/project.ts";
import { answerFile } from "../spec/answers.ts";
import { writeAnswer } from "../spec/answers/write.ts";
import { TICK_MS } from "../spec/project-index/check.ts";
import { fileSystemTime } from "../spec/project-index/index-file.ts";
import type { Standings } from "../spec/standing.ts";
import type { Context } from "./context.ts";
import { answerKey, answerName } from "./kept-answer.ts";
import { openIndex } from "./units.ts";

/** To be called before anything is read. @returns keeps what the command has said, when all of it is said; `more`: paths from the root that it rests on besides the units and the store */
export function beginAnswer(context: Context): (standings: Standings, status: number, more?: readonly string[]) => void {
  const name = answerName(context.argv);
  const startedAt = name === undefined || context.store() === undefined ? undefined : fileSystemTime(context.project().storeDir);
  return (standings, status, more = []) => {
    const text = context.said();
    if (name === undefined || startedAt === undefined || status !== 0 || text === undefined) return;
    const [units, store] = [openIndex(context).facts(), standings.facts()];
    if (units === undefined || store === undefined) return;
    const { root, storeDir } = context.project();
    const facts = [...units, ...store, CONFIG_FILE, ...more];
    const key = answerKey(root, { argv: context.argv, env: context.io.env, colour: context.colours });
    writeAnswer(answerFile(storeDir, name), { text, status, key, root, facts, startedAt, tickMs: TICK_MS });
  };
}
