/**
 * What `vibe init` writes.
 *
 * @module
 */

import type { ProviderKind } from "../project/config.ts";

export const PROVIDER_CHOICES: readonly ProviderKind[] = ["replay", "openai-compatible", "command"];

const PROVIDERS: Record<ProviderKind, string> = {
  replay: `# Recorded replies: no key, no network. Reply n of a unit lies in <replies>/<module.path>/<name>.md, .2.md, .3.md.
kind = "replay"
replies = "replies"`,
  "openai-compatible": `# Any server that speaks the chat-completions protocol.
kind = "openai-compatible"
model = "gpt-4o-mini"
temperature = 0.0
seed = 42
max_tokens = 4096
base_url = "https://api.openai.com/v1"
api_key_env = "OPENAI_API_KEY"     # name of the variable that holds the key, never the key
timeout = 60                       # seconds`,
  command: `# Any local program: the prompt on its stdin, the reply on its stdout.
kind = "command"
command = ["ollama", "run", "qwen2.5-coder"]
model = "qwen2.5-coder"
timeout = 300                      # seconds`,
};

export function configTemplate(provider: ProviderKind): string {
  const other = provider === "openai-compatible" ? "" : `
# For one unit: vibesafe.func({ provider: "openai" }, …). For all: give these lines to [provider.default].
[provider.openai]
${PROVIDERS["openai-compatible"]}
`;
  return `# vibesafe. What stands behind # is the default.

[project]
# env = "dev"                      # dev | prod; VIBESAFE_ENV and \`vibe mode\` override it
# include = ["**/*.ts"]
# exclude = []                     # besides node_modules, dist and *.d.ts

[provider.default]
${PROVIDERS[provider]}
${other}
[compile]
# max_attempts = 3                 # replies a unit may take
# concurrency = 8

[sandbox]
# enabled = true
# timeout = 10                     # seconds, for one unit
# memory_mb = 256

[policy]
# allow = []                       # modules and globals beyond pure language that generated code may use
`;
}

export const FIRST_SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";

/**
 * A greeting. Blanks around the name do not count; without a name it is the world that is greeted.
 *
 * >>> greet("Ada")
 * 'Hello, Ada!'
 * >>> greet("  Grace ")
 * 'Hello, Grace!'
 * >>> greet("")
 * 'Hello, world!'
 */
export const greet = vibesafe.func(function greet(name: string): string {
  throw new VibesafeHandled();
});
`;

export const FIRST_REPLY = `This reply came with \`vibe init\`; a person wrote it, no model.

\`\`\`ts
export function greet(name: string): string {
  const trimmed = name.trim();
  return \`Hello, \${trimmed === "" ? "world" : trimmed}!\`;
}
\`\`\`
`;
