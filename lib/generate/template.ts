/**
 * Prompt templates: nunjucks, without what would make a prompt differ from run to run or depend on what H_spec does not cover.
 *
 * @module
 */

import { VibesafeConfigError } from "../errors.ts";

/** A prompt template, and how messages call it. */
export interface NamedTemplate {
  readonly content: string;
  readonly shownAs: string;
}

/**
 * Renders `template`. An undefined variable is an error, as are `include`, `import` and `extends`: a template stands alone, because
 * H_spec holds its content and would not notice a change in another file.
 *
 * @returns text with LF line ends, no line of blanks at its start, and one line end at its end
 * @throws VibesafeConfigError when the template is wrong
 */
export async function renderTemplate(template: NamedTemplate, variables: Readonly<Record<string, unknown>>): Promise<string> {
  try {
    const text = (await compiled(template)).render(variables);
    return `${text.replaceAll(/\r\n?/g, "\n").trim()}\n`;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new VibesafeConfigError(`${template.shownAs}: ${reasonOf(cause, template.shownAs)}`, {
      cause,
      remedy: "mend the template; docs/prompts.md lists its variables and filters",
    });
  }
}

interface Rendering {
  render(variables: object): string;
}

/** The template compiled last: a run of many units asks for one over and over. */
let last: { readonly template: NamedTemplate; readonly rendering: Rendering } | undefined;

async function compiled({ content, shownAs }: NamedTemplate): Promise<Rendering> {
  if (last?.template.content === content && last.template.shownAs === shownAs) return last.rendering;
  const { Environment, Loader, Template } = await import("nunjucks").then((loaded) => loaded.default);
  class NoOtherFile extends Loader {
    getSource(name: string): never {
      throw new Error(`a prompt template stands alone and cannot use ${JSON.stringify(name)}`);
    }
  }
  const environment = new Environment(new NoOtherFile(), {
    autoescape: false,
    trimBlocks: true,
    lstripBlocks: true,
    throwOnUndefined: true,
  });
  environment.addFilter("fenced", fenced);
  environment.addFilter("indented", indented);
  environment.addFilter("random", () => {
    throw new Error("random: the same spec must give the same prompt");
  });
  const rendering = new Template(content, environment, shownAs, true);
  last = { template: { content, shownAs }, rendering };
  return rendering;
}

/** `text` as a fenced block, by a fence longer than any in it. */
export function fenced(text: string, info: string = ""): string {
  const longest = [...text.matchAll(/`{3,}/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${info}\n${text.replace(/\n$/, "")}\n${fence}`;
}

/** `text` with every line that is not empty moved right by `columns`. */
export function indented(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(columns));
}

/** nunjucks' message without its own frame: `[Line 3, Column 5]` and the reason. */
function reasonOf(error: Error, shownAs: string): string {
  return error.message
    .replaceAll(`(${shownAs})`, "")
    .replaceAll(/\s+/g, " ")
    .replace(/^(Template render error: )+/, "")
    .replace(/Error: /g, "")
    .trim();
}
