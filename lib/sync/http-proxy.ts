/**
 * Proxies of the environment, by Node's own means (nodejs.org/api/http.html, "Built-in Proxy Support"): `HTTP_PROXY`, `HTTPS_PROXY` and
 * `NO_PROXY`, in small letters first. Node knows them since 22.21 and 24.5.
 *
 * @module
 */

import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Duplex } from "node:stream";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProxyAgents {
  /** What a request to that URL goes through; undefined where no proxy is named: then Node's own. */
  agentFor(url: string): HttpAgent | undefined;
  /** What to add to the message of a failure where a proxy is named and this Node goes through none; else empty. */
  readonly unused: string;
  /** Hangs up what is kept open. */
  close(): void;
}

const NAMES = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];

export function proxyAgents(env: Environment): ProxyAgents {
  const named = NAMES.find((name) => (env[name] ?? "") !== "");
  const none: ProxyAgents = { agentFor: () => undefined, unused: "", close: () => {} };
  if (named === undefined) return none;
  if (!process.allowedNodeEnvironmentFlags.has("--use-env-proxy")) return { ...none, unused: ` (${named} is set, and Node before 22.21 goes through no proxy)` };
  // In a variable: the types of older versions do not know the option.
  const options = { keepAlive: true, proxyEnv: env };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  // An agent does not hang up a tunnel that is not up yet, and its socket would keep the process.
  const opened = new Set<Duplex>();
  const connect = agents.https.createConnection.bind(agents.https);
  agents.https.createConnection = (...args) => {
    const socket = connect(...args);
    if (socket instanceof Duplex) opened.add(socket.once("close", () => opened.delete(socket)));
    return socket;
  };
  return {
    agentFor: (url) => (url.startsWith("https:") ? agents.https : agents.http),
    unused: "",
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
      for (const socket of opened) socket.destroy();
    },
  };
}
