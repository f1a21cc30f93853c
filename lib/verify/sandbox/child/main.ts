/**
 * The program of a sandbox child: reads jobs from standard input, answers on descriptor 3.
 *
 * It reads with blocking calls, so that nothing a unit left behind runs while the next one is awaited; it ends when its input does.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { Script } from "node:vm";
import { LANGUAGE, lockDown } from "../realm/lock-down.ts";
import type { FromChild, ToChild } from "../protocol.ts";
import { describe } from "./judge.ts";
import { runJob, type RejectionListener } from "./job.ts";

/** @param receive - next message from the parent; undefined at the end */
export async function main(receive: () => string | undefined): Promise<void> {
  let listener: RejectionListener | undefined;
  let furnish: Script | undefined;
  let fastCheck: Script | undefined;
  const exit = process.exit.bind(process);
  process.on("unhandledRejection", (reason, promise) => listener?.rejected(promise, reason));
  process.on("rejectionHandled", (promise) => listener?.handled(promise));
  process.on("uncaughtException", (error) => listener?.rejected({}, error));

  // Should an object of this realm ever get into the hands of a unit, there is nothing that it could change.
  lockDown(LANGUAGE, { constructors: true });
  send({ ready: true });
  for (let text = receive(); text !== undefined; text = receive()) {
    const message = JSON.parse(text) as ToChild;
    if (message.kind === "realm") {
      furnish = new Script(message.code, { filename: "realm.js" });
    } else if (message.kind === "fastCheck") {
      fastCheck = new Script(message.code, { filename: "fast-check.js" });
    } else if (furnish !== undefined) {
      const { nonce } = message;
      try {
        const report = await runJob(message, { furnish, fastCheck }, { onStep: (step) => void (message.tellsSteps && send({ nonce, step })), listen: (to) => void (listener = to) });
        send({ nonce, report });
      } catch (error) {
        send({ nonce, report: { load: describe(error), steps: [], uncaught: [], denied: false, reached: [] } });
      }
    }
  }
  exit(0);
}

function send(message: FromChild): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
  for (let at = 0; at < bytes.length; ) at += writeSync(3, bytes, at);
}
