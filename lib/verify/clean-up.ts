/**
 * What must not outlive the process: sandbox children and overlay folders, also when a signal ends it.
 *
 * @module
 */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const tasks = new Set<() => void>();

/** Runs `task` should the process end before the returned function is called. `task` is synchronous and does not throw. */
export function cleanUpAtExit(task: () => void): () => void {
  if (tasks.size === 0) {
    process.on("exit", runAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  tasks.add(task);
  return () => {
    if (!tasks.delete(task) || tasks.size > 0) return;
    process.off("exit", runAll);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

function runAll(): void {
  for (const task of tasks) task();
}

function onSignal(signal: NodeJS.Signals): void {
  // Somebody else listens as well: they decide whether the process ends.
  if (process.listenerCount(signal) > 1) return;
  runAll();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}
