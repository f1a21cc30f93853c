/**
 * Temporary folders for tests.
 *
 * @module
 */

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new empty folder, removed when the test that `t` belongs to ends. */
export function tempDir(t: { after(cleanUp: () => void): void }): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "vibesafe-test-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
