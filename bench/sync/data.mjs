// Saves as vibesafe makes them, as a fast-import stream (git-fast-import(1)): one unit after the other, 40 saves each.

const PER_UNIT = 40;

/** Yields the stream in pieces: saves `from` to `to`; later saves of a unit build upon the earlier ones. `lib` is what makes and names their parts. */
export function* saves(lib, from, to) {
  for (let save = from; save < to; save += 1) {
    const unit = Math.floor(save / PER_UNIT);
    const step = save % PER_UNIT;
    const ref = `refs/units/src.m${Math.floor(unit / 10)}/f${unit}`;
    const code = source(unit, step);
    const checkpoint = { impl: code, prompt: `# Write f${unit}\n\n${source(unit, 0)}\n`, spec: lib.encodeSpecMap({ ...lib.PLAIN, name: `f${unit}`, doc: source(unit, 0).slice(0, 600) }) };
    const { checkpointHash } = lib.encodeCheckpoint(checkpoint);
    const times = { startedAt: new Date((1_700_000_000 + save) * 1000).toISOString(), responseDigest: digest(save) };
    const gates = ["examples", "types", "lint", "properties"].map((name, i) => ({ name, passed: true, tool: "vibesafe", version: "0.1.0", durationMs: (save * (i + 3)) % 50, details: [] }));
    const files = {
      "checkpoint/impl.ts": code,
      "checkpoint/prompt.md": checkpoint.prompt,
      "checkpoint/spec.cbor": checkpoint.spec,
      "build/impl.js": `"use strict";\n${code}`,
      "provenance.json": lib.formatJson({ ...lib.PROVENANCE, ...times }),
      "verification.json": lib.formatJson({ ...lib.VERIFICATION, gates }),
    };
    const message = lib.formatSaveMessage(`save: f${unit} ${step}`, { unit: ref.slice("refs/units/".length), specHash: lib.hashObject("blob", checkpoint.spec), checkpointHash });
    let text = `commit ${ref}\ncommitter Ada <ada@example.com> ${1_700_000_000 + save} +0000\ndata ${Buffer.byteLength(message)}\n${message}`;
    if (save === from && step > 0) text += `from ${ref}^0\n`;
    yield Buffer.from(text);
    for (const [name, body] of Object.entries(files)) yield* [Buffer.from(`M 100644 inline ${name}\ndata ${Buffer.byteLength(body)}\n`), Buffer.from(body), Buffer.from("\n")];
  }
}

function source(unit, step) {
  const lines = Array.from({ length: 36 }, (_, line) => `  const v${line} = f(${unit * line}, "${Math.imul(unit + 1, line * 7919)}");`);
  for (let i = 0; i <= step; i += 1) lines[(i * 7) % 36] = `  const w${i} = g(${i}, ${Math.imul(unit + i, 2654435761)});`;
  return `export function f${unit}() {\n${lines.join("\n")}\n}\n`;
}

function digest(save) {
  return Array.from({ length: 8 }, (_, i) => (Math.imul(save + 1, 2654435761 + i * 40503) >>> 0).toString(16).padStart(8, "0")).join("");
}
