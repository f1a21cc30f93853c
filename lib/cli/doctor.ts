/**
 * `vibe doctor`
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import { defineCommand, type Command } from "./command.ts";
import type { Context } from "./context.ts";
import { toolChecks, type Check } from "./doctor/check.ts";
import { projectChecks } from "./doctor/project.ts";
import { sandboxChecks } from "./doctor/sandbox.ts";
import { columns, count } from "./text.ts";

export const command: Command = defineCommand({
  builder: (parser) => parser.example("$0", "what protects here and what does not; exits 1 when something must be mended"),
  handler: async (_args, context) => {
    const config = configOf(context);
    const checks = [...toolChecks(), ...("project" in config ? projectChecks(context, config.project) : [config]), ...(await sandboxChecks("project" in config ? config.project : undefined))];
    const failed = checks.filter(({ status }) => status === "fail").length;
    const warned = checks.filter(({ status }) => status === "warn").length;
    context.document({ ok: failed === 0, checks });
    print(context, checks);
    if (failed > 0) context.say(context.colour.red(`✗ ${count(failed, "problem")}`));
    else context.say(`${context.colour.green("✓")} nothing to mend${warned > 0 ? `, ${count(warned, "notice")}` : ""}`);
    return failed > 0 ? 1 : 0;
  },
});

function print(context: Context, checks: readonly Check[]): void {
  const { colour } = context;
  const mark = { ok: colour.green("✓"), warn: colour.yellow("⚠"), fail: colour.red("✗") };
  const lines = columns(checks.map(({ name, detail }) => [name, detail]));
  checks.forEach(({ status, remedy }, i) => {
    context.say(`${mark[status]} ${lines[i] ?? ""}`);
    if (remedy !== undefined && status !== "ok") context.say(`    ${colour.cyan("fix:")} ${remedy}`);
  });
}

/** The project; where there is none, or its settings are wrong, what to say about it. */
function configOf(context: Context): { readonly project: ReturnType<Context["project"]> } | Check {
  try {
    return { project: context.project() };
  } catch (error) {
    if (!(error instanceof VibesafeError)) throw error;
    const none = error.message.startsWith("no vibesafe.toml");
    return { name: "project", status: none ? "warn" : "fail", detail: none ? "no vibesafe.toml in this folder or above it" : error.message, remedy: error.remedy };
  }
}
