/**
 * The answer of an earlier run where since then no more than the text of few files changed: only they, and what rests on them, are read.
 *
 * @module
 */

import { openProject } from "../project/project.ts";
import type { Answer, KeptAnswer } from "../spec/answers.ts";
import { editedAnswer } from "../spec/answers/edited.ts";
import type { UnitRow } from "../spec/answers/rows.ts";
import { TICK_MS } from "../spec/project-index/check.ts";
import { colours } from "./colours.ts";
import type { Asked } from "./kept-answer.ts";
import { sayUnits, scanDocuments } from "./scan-text.ts";
import { sayStatus } from "./status-text.ts";

export interface Edited extends Asked {
  readonly root: string;
  /** Of the answer. */
  readonly file: string;
  readonly kept: KeptAnswer;
}

/** Undefined where the command itself has to look. */
export function answerAfterEdit({ root, file, kept, argv, colour }: Edited): Answer | undefined {
  const project = openProject(root);
  const json = argv.includes("--json");
  const say = (rows: readonly UnitRow[]): string | undefined => {
    const said: string[] = [];
    const context = {
      say: (line = "") => {
        if (!json) said.push(`${line}\n`);
      },
      document: (value: unknown) => {
        if (json) said.push(`${JSON.stringify(value, undefined, 2)}\n`);
      },
      colour: colours(colour),
    };
    switch (argv[0]) {
      case "status": {
        const statusRows = rows.map((unit) => ({ unit, status: unit.status, ready: unit.status === "active" && unit.verified === true }));
        if (rows.some(({ status, verified }) => status === "active" && verified === undefined)) return undefined;
        sayStatus(context, { rows: statusRows, lost: 0, broken: [], errors: [] });
        return said.join("");
      }
      case "scan": {
        const scanRows = rows.map((unit) => ({ unit, ...unit }));
        context.document({ units: scanDocuments(scanRows), errors: [] });
        sayUnits(context, scanRows);
        return said.join("");
      }
      default:
        // What changed in a drifted unit takes its save to say; where none has, the same is said of all.
        return rows.every(({ status }) => status === "active") ? kept.text : undefined;
    }
  };
  return editedAnswer(file, { project, kept, tickMs: TICK_MS, say });
}
