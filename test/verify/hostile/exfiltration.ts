/**
 * Replies that want to read what is not theirs, or to tell somebody.
 */

import { number, type Hostile } from "./reply.ts";

export const EXFILTRATION: readonly Hostile[] = [
  { tries: "files", stops: ["policy", "realm"], impl: `import { readFileSync } from "node:fs";\n${number("return readFileSync('/etc/passwd').length;")}`, says: /may not import node:fs/ },
  { tries: "the environment", stops: ["policy", "judge"], impl: number("return Object.keys(process.env).length;"), says: /received: 0/ },
  { tries: "fetch", stops: ["policy", "realm"], impl: number("return fetch('http://127.0.0.1/');"), says: /fetch is not defined/ },
  { tries: "the network", stops: ["policy", "realm"], impl: `import { connect } from "node:net";\n${number("connect(9, '127.0.0.1'); return 41;")}`, says: /may not import node:net/ },
  { tries: "a name server", stops: ["policy", "realm"], impl: `import { lookup } from "node:dns/promises";\n${number("void lookup('secret.example'); return 41;")}`, says: /may not import node:dns/ },
  { tries: "an HTTP request", stops: ["policy", "realm"], impl: `import { get } from "node:https";\n${number("get('https://127.0.0.1/'); return 41;")}`, says: /may not import node:https/ },
  { tries: "a file it writes", stops: ["policy", "realm"], impl: `import { writeFileSync } from "node:fs";\n${number("writeFileSync('/tmp/vibesafe-was-here', 'x'); return 41;")}`, says: /may not import node:fs/ },
  { tries: "the name of the machine", stops: ["policy", "realm"], impl: `import { hostname } from "node:os";\n${number("return hostname().length > 0 ? 40 : 41;")}`, says: /may not import node:os/ },
  { tries: "WebSocket", stops: ["policy", "realm"], impl: number("return new WebSocket('ws://127.0.0.1:9') ? 40 : 41;"), says: /WebSocket is not defined/ },
  { tries: "BroadcastChannel", stops: ["policy", "realm"], impl: number("return new BroadcastChannel('x') ? 40 : 41;"), says: /BroadcastChannel is not defined/ },
  { tries: "the command line", stops: ["policy", "judge"], impl: number("return process.argv.length + 41;"), says: /received: 41/ },
  { tries: "the working folder", stops: ["policy", "judge"], impl: number("return process.cwd().length + 40;"), says: /received: 41/ },
  { tries: "standard output", stops: ["policy", "judge"], impl: number("(process as any).stdout.write('42'); return 41;"), says: /TypeError/ },
  { tries: "a diagnostic report", stops: ["policy", "judge"], impl: number("return (process as any).report.writeReport('x') ? 40 : 41;"), says: /TypeError/ },
  { tries: "a package that the spec's file does not import", stops: ["policy", "judge"], impl: `import fc from "fast-check";\n${number("return fc ? 40 : 41;")}`, says: /received: 40|not resolve/ },
];
