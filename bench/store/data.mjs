// What is written and packed: text as it is in checkpoints.

/** 1 KiB of code, different for each index. */
export function source(index) {
  const lines = Array.from({ length: 40 }, (_, line) => `const v${line} = f(${index * line}, "${Math.imul(index + 1, line * 7919)}");`);
  return lines.join("\n").slice(0, 1024);
}

/** A fast-import stream (git-fast-import(1)) of saves: units with 40 saves each, every save with new code, prompt, spec, tree and commit. */
export function history(objects) {
  const saves = Math.floor(objects / 5);
  const parts = [];
  for (let save = 0; save < saves; save += 1) {
    const unit = Math.floor(save / 40);
    const files = { "impl.ts": edited(unit, save), "prompt.md": `Write unit ${unit}.\n${edited(unit + 1, save)}`, "spec.cbor": `spec ${save}\n${source(unit).slice(0, 400)}` };
    parts.push(`commit refs/units/m/u${unit}\ncommitter A <a@b> ${1_700_000_000 + save} +0000\n`);
    const message = `save ${save}\n`;
    parts.push(`data ${message.length}\n${message}`);
    for (const [name, text] of Object.entries(files)) parts.push(`M 100644 inline ${name}\ndata ${text.length}\n${text}\n`);
  }
  return parts.join("");
}

function edited(unit, save) {
  const text = source(unit);
  const at = (save * 97) % 900;
  return `${text.slice(0, at)}/* ${save} */${text.slice(at)}`;
}
