/**
 * Keeps what a command has said for the next run of the same command.
 *
 * @module
 */

import { CONFIG_FILE } from "../project/project.ts";
import { answerFile } from "../spec/answers.ts";
import { formatRows, rowOf } from "../spec/answers/rows.ts";
import { writeAnswer } from "../spec/answers/write.ts";
import { TICK_MS } from "../spec/project-index/check.ts";
import { fileSystemTime } from "../spec/project-index/index-file.ts";
import type { IndexedUnit } from "../spec/project-index.ts";
import type { Standings, UnitStanding } from "../spec/standing.ts";
import { answerName } from "./answer-name.ts";
import type { Context } from "./context.ts";
import { answerKey } from "./kept-answer.ts";
import type { MovedUses } from "./moved-uses.ts";
import { openIndex } from "./units.ts";

/** What a command has found out. */
export interface Found {
  readonly standings: Standings;
  /** In the order of their ids. */
  readonly rows: readonly { readonly unit: IndexedUnit; readonly standing: UnitStanding; readonly verified?: boolean | undefined }[];
  readonly moved: MovedUses;
  /** Paths from the root that it rests on besides the units and the store. */
  readonly more?: readonly string[];
}

/** To be called before anything is read. @returns keeps what the command has said, when all of it is said */
export function beginAnswer(context: Context): (found: Found, status: number) => void {
  const name = answerName(context.argv);
  const startedAt = name === undefined || context.store() === undefined ? undefined : fileSystemTime(context.project().storeDir);
  return ({ standings, rows, moved, more = [] }, status) => {
    const text = context.said();
    // What moved is told in words that no table of units has.
    if (name === undefined || startedAt === undefined || status !== 0 || text === undefined || moved.any()) return;
    const index = openIndex(context);
    const [units, store] = [index.facts(moved.files), standings.facts()];
    if (units === undefined || store === undefined) return;
    const { root, storeDir } = context.project();
    const facts = [...units, ...store, CONFIG_FILE, ...more];
    const key = answerKey(root, { argv: context.argv, env: context.io.env, colour: context.colours });
    const known = (): string => formatRows({ units: rows.map(({ unit, standing, verified }) => rowOf(unit, standing, { verified, candidate: standings.hasCandidate(unit.id) })), uses: moved.files, ...index.basis() });
    writeAnswer(answerFile(storeDir, name), { text, status, key, root, rows: known, facts, startedAt, tickMs: TICK_MS });
  };
}
