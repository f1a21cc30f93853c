/**
 * `vibe compile`
 *
 * @module
 */

import { compileUnits } from "../compile/compile.ts";
import type { CompileEvent, CompileResult } from "../compile/types.ts";
import { VibesafeUsageError } from "../errors.ts";
import { identities } from "../history/identity.ts";
import type { IndexedUnit } from "../spec/project-index.ts";
import { readStandings, type SaveRecord } from "../spec/standing.ts";
import { defineCommand, targetOptions, targetsOf, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { EXIT_STATUS, highest, type ExitStatus } from "./exit-status.ts";
import { withProgress } from "./progress.ts";
import { count, indent, short } from "./text.ts";
import { brokenByUnit, brokenStatus, complainAbout, foundNothing, selectIndexed } from "./units.ts";
import { wantsWatch, watchUnits } from "./watch.ts";

export const command: Command = defineCommand({
  positionals: "[targets..]",
  builder: (parser) =>
    targetOptions(parser)
      .option("force", { type: "boolean", describe: "Compile unchanged units too, and ask the provider anew" })
      .option("max-attempts", { type: "number", requiresArg: true, describe: "Replies a unit may take" })
      .option("budget", { type: "number", requiresArg: true, describe: "Most requests to providers, over all units" })
      .option("concurrency", { type: "number", requiresArg: true, describe: "Requests at a time" })
      .option("dev", { type: "boolean", hidden: true, describe: "Accept units without examples, as dev mode does" })
      .option("watch", { type: "boolean", describe: "Then compile what each edit changes, until Ctrl-C" })
      .option("allow-empty", { type: "boolean", describe: "Succeed when there is no unit" })
      .example("$0", "everything that changed")
      .example("$0 src.hello/greet", "one unit")
      .example("$0 --force --target src/hello.ts", "all units of a file, asked anew"),
  handler: async (args, context) => {
    const targets = targetsOf(args);
    const watching = wantsWatch(context, args);
    const status = await compileOnce(context, targets, args);
    if (!watching) return status;
    return watchUnits(context, targets, async ({ context: now, changes, broken }) => {
      complainAbout(now, broken);
      const open = changes.flatMap(({ id, after }) => (after === "missing" || after === "drift" ? [id] : []));
      if (open.length > 0) await compileOnce(now, open, args);
    });
  },
});

interface CompileArgs {
  readonly force?: boolean | undefined;
  readonly maxAttempts?: number | undefined;
  readonly budget?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly allowEmpty?: boolean | undefined;
}

async function compileOnce(context: Context, targets: readonly string[], args: CompileArgs): Promise<ExitStatus> {
  const selection = selectIndexed(context, targets);
  const { units, broken } = selection;
  const { project } = context.workspace();
  const limits = {
    ...wholeNumber("max-attempts", args.maxAttempts, 1, "maxAttempts"),
    ...wholeNumber("budget", args.budget, 0, "budget"),
    ...wholeNumber("concurrency", args.concurrency, 1, "concurrency"),
  };
  const standings = readStandings(context.store());
  const settled = new Map<string, CompileResult>();
  for (const unit of args.force === true ? [] : units) {
    const { status, active, candidate } = standings.of(unit.id, unit.specHash());
    if (status === "active" && active !== undefined && candidate === undefined) settled.set(unit.id, unchanged(unit, active));
  }
  // What is active for its present spec need not be read to be left alone.
  const open = units.filter(({ id }) => !settled.has(id)).map((unit) => unit.hashed());
  const compiled = await withProgress(context, "compiling", (progress) =>
    compileUnits(context.workspace(), open, {
      identities: identities({ root: project.root, env: context.io.env }),
      force: args.force === true,
      signal: context.io.signal,
      onProgress: (event) => progress.show(progressText(event)),
      ...limits,
    }),
  );
  for (const result of compiled) settled.set(result.id, result);
  const results = units.flatMap(({ id }) => settled.get(id) ?? []);
  context.document({ results: [...results.map(documentOf), ...brokenByUnit(broken).map(brokenDocument)] });
  for (const result of results) printResult(context, result);
  complainAbout(context, broken);
  printSummary(context, results, brokenByUnit(broken).length);
  if (foundNothing(context, selection, args)) return 1;
  return highest([...results.flatMap(({ error }) => (error === undefined ? [] : [EXIT_STATUS[error.code]])), brokenStatus(broken)]);
}

function unchanged({ id, specHash }: IndexedUnit, { checkpointHash }: SaveRecord): CompileResult {
  return { id, status: "unchanged", specHash: specHash(), checkpointHash, candidate: null, cached: true, attempts: 0, unverified: false };
}

function wholeNumber<Key extends string>(flag: string, value: number | undefined, least: number, key: Key): Partial<Record<Key, number>> {
  if (value === undefined) return {};
  if (!Number.isSafeInteger(value) || value < least) {
    throw new VibesafeUsageError(`--${flag} must be a whole number from ${least}`, { remedy: `write it as in --${flag} ${Math.max(least, 3)}` });
  }
  return { [key]: value } as Partial<Record<Key, number>>;
}

function progressText(event: CompileEvent): string {
  if (event.kind === "ask") return `${event.unit}: attempt ${event.attempt}`;
  if (event.kind === "gates") return `checking ${count(event.units, "implementation")}, attempt ${event.attempt}`;
  return `${event.finished}/${event.total} ${event.unit}: ${event.status}`;
}

function documentOf({ id, status, specHash, checkpointHash, cached, attempts, history, unverified, reused, error }: CompileResult): unknown {
  return { id, status, specHash, checkpointHash, cached, attempts, ...(reused !== undefined && { reused }), ...(history !== undefined && { history }), ...(unverified && { unverified }), ...(error !== undefined && { error }) };
}

function brokenDocument({ id, error: { code, message, remedy } }: ReturnType<typeof brokenByUnit>[number]): unknown {
  return { id, status: "failed", specHash: null, checkpointHash: null, cached: false, attempts: 0, error: { code, stage: "spec", message, remedy } };
}

function printResult(context: Context, { id, status, checkpointHash, cached, attempts, unverified, reused, error }: CompileResult): void {
  const { colour } = context;
  if (error !== undefined) {
    context.say(`${colour.red("✗")} ${id}  ${error.stage}${attempts > 0 ? ` after ${count(attempts, "attempt")}` : ""}`);
    context.say(indent(error.message, 4));
    context.say(`    ${colour.cyan("fix:")} ${error.remedy}`);
    return;
  }
  const whose = reused === undefined ? undefined : `reused from ${reused.by.name}'s save ${short(reused.from)}${reused.remote === null ? "" : `, ${reused.remote}`}`;
  const how = status === "unchanged" ? "unchanged, cached" : whose ?? `${count(attempts, "attempt")}${cached ? ", cached" : ""}`;
  context.say(`${status === "unchanged" ? colour.dim("=") : colour.green("✓")} ${id}  ${checkpointHash === null ? "" : short(checkpointHash)}  ${how}`);
  if (unverified) context.say(`    ${colour.yellow("⚠")} unverified: no example; add one to its doc comment, \`vibe save\` asks for it`);
}

function printSummary(context: Context, results: readonly CompileResult[], broken: number): void {
  if (results.length + broken === 0) return;
  const of = (status: CompileResult["status"]): number => results.filter((result) => result.status === status).length;
  const failed = of("failed") + broken;
  const parts = [`${of("compiled")} compiled`, `${of("unchanged")} unchanged`, ...(failed > 0 ? [context.colour.red(`${failed} failed`)] : [])];
  context.say(parts.join(", "));
  if (of("compiled") > 0) context.say("next: vibe test, then vibe save");
}
