/**
 * `vibe install`: what makes the project's own git understand the store.
 *
 * @module
 */

import { commandOf, install, type InstallStep } from "../history/git-install.ts";
import { openProjectGit } from "../history/project-git.ts";
import { defineCommand, type Command } from "./command.ts";
import { columns } from "./text.ts";

export const command: Command = defineCommand({
  builder: (parser) =>
    parser
      .option("hooks", { type: "boolean", describe: "Also hooks: post-merge looks at what came in, pre-push refuses what is not saved or not whole" })
      .option("uninstall", { type: "boolean", describe: "Take all of it away again" })
      .option("command", { type: "string", requiresArg: true, describe: "How git is to start vibe; found in node_modules if not given" })
      .option("dry-run", { type: "boolean", describe: "Tell what would change, and change nothing" })
      .example("$0", "merges of refs/, and `git diff` that shows saves and specs as text")
      .example("$0 --hooks", "the same, and two hooks; those that are there run first"),
  handler: (args, context) => {
    const { root, storeDir } = context.project();
    const repository = openProjectGit(root, context.io.env);
    const dryRun = args.dryRun === true;
    const vibe = args.command ?? commandOf(repository, root);
    const steps = install(repository, { root, storeDir, command: vibe, hooks: args.hooks === true, uninstall: args.uninstall === true, dryRun });
    context.document({ ...(dryRun && { dryRun }), command: vibe, steps });
    const { colour } = context;
    const mark: Record<InstallStep["status"], string> = { written: colour.green("+"), unchanged: colour.dim("="), removed: colour.yellow("-"), "by-hand": colour.yellow("!") };
    const lines = columns(steps.map(({ what, status, detail }) => [what, status, detail]));
    steps.forEach(({ status }, i) => context.say(`${mark[status]} ${lines[i] ?? ""}`));
    if (dryRun) context.say("nothing was changed");
    // What was asked for and is not in place is a failure, as for every command that sets up.
    return steps.some(({ status }) => status === "by-hand") ? 1 : 0;
  },
});
