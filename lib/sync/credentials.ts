/**
 * What a host is shown to be let in: what the URL says, a token of the environment, then git's credential helpers. Nothing of it is
 * kept; a helper keeps what it gave itself.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { gitEnvironment } from "./process-session.ts";
import type { UserInfo } from "./remote-url.ts";

export interface Credentials {
  /** The first to try. */
  first(): Promise<UserInfo | undefined>;
  /** The next, after one was refused; undefined when there is none left. */
  next(): Promise<UserInfo | undefined>;
  /** The last one was right. */
  approve(): Promise<void>;
}

export interface CredentialOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the URL itself. */
  readonly user: UserInfo | undefined;
  /** Whether git may ask a person. */
  readonly interactive: boolean;
}

interface Offer extends UserInfo {
  readonly fromHelper: boolean;
}

export function credentialsFor(url: string, { env, user, interactive }: CredentialOptions): Credentials {
  const token = tokenFor(new URL(url), env);
  const offers: (() => Promise<UserInfo | undefined>)[] = [
    async () => (user === undefined || user.password === "" ? undefined : user),
    async () => token,
    () => askHelper("fill", url, user, { env, interactive }),
  ];
  // A token that stands alone before the @ is one: https://TOKEN@host/….
  if (user !== undefined && user.password === "") offers.push(async () => user);
  let at = 0;
  let last: Offer | undefined;
  const next = async (): Promise<UserInfo | undefined> => {
    if (last?.fromHelper === true) await askHelper("reject", url, last, { env, interactive: false });
    last = undefined;
    while (at < offers.length) {
      const offer = await offers[at]?.();
      at += 1;
      if (offer === undefined) continue;
      last = { ...offer, fromHelper: at === 3 };
      return offer;
    }
    return undefined;
  };
  return {
    first: next,
    next,
    approve: async () => {
      if (last?.fromHelper === true) await askHelper("approve", url, last, { env, interactive: false });
    },
  };
}

/** Hosts that a variable's token is for. No token goes to any other: a project's config may name any URL. */
const TOKENS: readonly { readonly name: string; readonly username: string; readonly hosts: (env: CredentialOptions["env"]) => readonly string[] }[] = [
  { name: "VIBESAFE_TOKEN", username: "x-access-token", hosts: (env) => (env["VIBESAFE_TOKEN_HOST"] ?? "").split(/[\s,]+/) },
  { name: "GITHUB_TOKEN", username: "x-access-token", hosts: (env) => ["github.com", hostOf(env["GITHUB_SERVER_URL"])] },
  { name: "GH_TOKEN", username: "x-access-token", hosts: () => ["github.com"] },
  { name: "CI_JOB_TOKEN", username: "gitlab-ci-token", hosts: (env) => [env["CI_SERVER_HOST"] ?? ""] },
  { name: "GITLAB_TOKEN", username: "oauth2", hosts: (env) => ["gitlab.com", env["CI_SERVER_HOST"] ?? ""] },
];

function tokenFor(url: URL, env: CredentialOptions["env"]): UserInfo | undefined {
  // Over plain HTTP everybody on the way would read it.
  if (url.protocol !== "https:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)) return undefined;
  for (const { name, username, hosts } of TOKENS) {
    const password = env[name];
    if (password !== undefined && password !== "" && hosts(env).some((host) => host !== "" && (host === url.host || host === url.hostname))) return { username, password };
  }
  return undefined;
}

function hostOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : "";
}

/** Runs `git credential` (git-credential(1)); undefined where there is no git, or it knows none. */
async function askHelper(action: "fill" | "approve" | "reject", url: string, user: UserInfo | undefined, { env, interactive }: Pick<CredentialOptions, "env" | "interactive">): Promise<UserInfo | undefined> {
  const { protocol, host, pathname } = new URL(url);
  const asked = [`protocol=${protocol.slice(0, -1)}`, `host=${host}`, `path=${decodeURIComponent(pathname).replace(/^\//, "")}`];
  if (user !== undefined && user.username !== "") asked.push(`username=${user.username}`);
  if (action !== "fill" && user !== undefined) asked.push(`password=${user.password}`);
  if (asked.some((line) => /[\n\0]/.test(line))) return undefined;
  const quiet = interactive ? {} : { GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: env["GIT_ASKPASS"] ?? "true", SSH_ASKPASS: "true" };
  const child = spawn("git", ["credential", action], { env: { ...gitEnvironment(env), ...quiet }, stdio: ["pipe", "pipe", interactive ? "inherit" : "ignore"] });
  child.stdin.on("error", () => {});
  child.stdin.end(`${asked.join("\n")}\n\n`);
  let text = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (part: string) => (text += part));
  const status = await new Promise<number | null>((done) => {
    // No git: then there are no helpers.
    child.once("error", () => done(null));
    child.once("close", done);
  });
  if (status !== 0 || action !== "fill") return undefined;
  const field = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1];
  const [username, password] = [field("username"), field("password")];
  return username === undefined || password === undefined || password === "" ? undefined : { username, password };
}
