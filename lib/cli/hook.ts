/**
 * `vibe hook`: what the hooks do that `vibe install --hooks` sets up (githooks(5)).
 *
 * @module
 */

import { join } from "node:path";
import { VibesafeError, VibesafeUsageError } from "../errors.ts";
import { HOOKS, installedProjects } from "../history/git-install.ts";
import { identities } from "../history/identity.ts";
import { lookAtIncoming, lookAtLoss } from "../history/incoming.ts";
import { hasOtherEdits, lookAtOutgoing, uncommittedFiles } from "../history/outgoing.ts";
import { askGit, openProjectGit, type ProjectGit } from "../history/project-git.ts";
import { readStandings } from "../spec/standing.ts";
import { refUnit } from "../spec/unit-id.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import type { ExitStatus } from "./exit-status.ts";
import { highest } from "./exit-status.ts";
import { readInput } from "./input.ts";
import { count } from "./text.ts";
import { selectIndexed } from "./units.ts";

export const command: Command = defineCommand({
  positionals: "[name] [args..]",
  builder: (parser) =>
    parser
      .positional("name", { type: "string", choices: HOOKS, describe: "Which hook git runs" })
      .positional("args", { type: "string", array: true, describe: "What git gives it" })
      .example("$0 post-merge", "verifies what came in, warns of conflicts and drift")
      .example("$0 pre-push", "exits 1 when the pushed commits do not hold what is saved"),
  handler: async ({ name }, context) => {
    if (name === undefined) throw new VibesafeUsageError("which hook?", { remedy: "`vibe install --hooks` has git call this" });
    const repository = openProjectGit(context.folder, context.io.env);
    const input = name === "pre-push" ? Buffer.from(await readInput(context.io)).toString("utf8") : "";
    const statuses: ExitStatus[] = [];
    const reports: unknown[] = [];
    for (const project of installedProjects(repository)) {
      const at = context.inFolder(join(repository.top, project));
      try {
        const problems = name === "pre-push" ? prePush(at, repository, input) : postMerge(at, repository);
        reports.push({ project, problems });
        for (const problem of problems) at.warn(`vibesafe: ${problem}`);
        statuses.push(problems.length > 0 ? 1 : 0);
      } catch (error) {
        // One project's trouble does not keep the others from being looked at.
        if (!(error instanceof VibesafeError)) throw error;
        at.complain(error);
        statuses.push(error.code === "HASH_MISMATCH" || error.code === "STORE_BROKEN" ? 4 : 1);
      }
    }
    const status = highest(statuses);
    if (name === "pre-push" && status !== 0) context.io.err("nothing was pushed; `git push --no-verify` pushes all the same\n");
    context.document({ hook: name, projects: reports });
    return status;
  },
});

function postMerge(context: Context, repository: ProjectGit): string[] {
  const store = context.store();
  if (store === undefined) return [];
  const who = identities({ root: context.project().root, env: context.io.env }).committer;
  const incoming = lookAtIncoming(repository, store, { before: "ORIG_HEAD", after: "HEAD", who });
  const moved = incoming.filter(({ problem }) => problem === undefined);
  if (moved.length > 0) context.io.err(`vibesafe: ${count(moved.length, "ref")} came in, all that they lead to is whole\n`);
  const problems = incoming.flatMap(({ ref, problem }) => (problem === undefined ? [] : [`${refUnit(ref) ?? ref}: ${problem}`]));
  return [...problems, ...lookAtLoss(repository, store, "ORIG_HEAD", "HEAD"), ...standingProblems(context)];
}

function prePush(context: Context, repository: ProjectGit, input: string): string[] {
  const store = context.store();
  if (store === undefined) return [];
  const head = askGit(repository, ["rev-parse", "HEAD"])?.toString("latin1").trim();
  const pushed = input.split("\n").flatMap((line) => {
    const [, local, , remote] = line.split(" ");
    // A deletion pushes nothing.
    return local === undefined || remote === undefined || /^0+$/.test(local) ? [] : [{ local, remote }];
  });
  const problems = pushed.flatMap((ref) => lookAtOutgoing(repository, store, ref));
  if (!pushed.some(({ local }) => local === head)) return problems;
  const uncommitted = uncommittedFiles(repository, store);
  if (uncommitted.length > 0) problems.push(`${count(uncommitted.length, "file")} of the store are not committed, as ${uncommitted[0]}: \`git add\` the store, and commit`);
  if (hasOtherEdits(repository, store)) context.io.err("vibesafe: files with edits that are not committed; drift was not judged\n");
  else problems.push(...standingProblems(context));
  return problems;
}

/** Units whose spec, as it lies here, is not the one that is active. */
function standingProblems(context: Context): string[] {
  const { units, broken } = selectIndexed(context, []);
  const standings = readStandings(context.store());
  const open = units.filter((unit) => standings.of(unit.id, unit.specHash()).status !== "active").map(({ id }) => id);
  standings.save();
  return [
    ...(open.length === 0 ? [] : [`${count(open.length, "unit")} not saved for the present spec: ${open.slice(0, 5).join(", ")}${open.length > 5 ? ", …" : ""}; \`vibe status\` tells what to do`]),
    ...broken.map(({ file, line, error }) => `${file}:${line}: ${error.message}`),
  ];
}
