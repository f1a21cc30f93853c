/**
 * Commands that scripts call often. As installed they are one file of their own (scripts/build.mjs), with nothing in it that they do
 * not need: the many files of the other commands take longer to load than these to run.
 *
 * @module
 */

export const QUICK_COMMANDS: readonly string[] = ["cat-file", "cat-object", "count-objects", "log", "ls-tree", "rev-parse", "show-ref"];

/** Commands that talk to a host, and those that git calls for each file: one file of their own as well, for much of a small push is loading. */
export const SHARING_COMMANDS: readonly string[] = ["clone", "fetch", "merge-driver", "pull", "push", "remote", "textconv"];
