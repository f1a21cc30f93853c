/**
 * What fsck reports.
 *
 * @module
 */

export type FsckKind =
  /** Bytes that hash to another name: changed, or under the wrong name. */
  | "hash-mismatch"
  /** A loose object or packed entry that cannot be read: cut short, no zlib, a header that lies. */
  | "corrupt"
  | "bad-pack"
  /** A pack without an index: no damage by itself, what is missed for it is told as missing. */
  | "no-index"
  | "bad-tree"
  | "bad-commit"
  | "bad-tag"
  /** Named by what can be reached, and not there. */
  | "missing"
  /** Named as one type, and of another. */
  | "wrong-type"
  | "bad-ref"
  /** A ref to an object that is not there. */
  | "dangling-ref"
  | "bad-reflog"
  /** A file among the objects that is none. */
  | "stray";

export interface FsckOptions {
  /**
   * The store lies in a working tree: git moves its objects with the project's branches, and the logs and candidates stay. Then it is no
   * damage that these name what is not there.
   */
  readonly inWorkingTree?: boolean;
}

export interface FsckProblem {
  /** Id of the object, name of the ref, or path of the file. */
  readonly id: string;
  readonly kind: FsckKind;
  readonly detail: string;
}

export interface FsckReport {
  readonly ok: boolean;
  /** How many different objects were read. */
  readonly objects: number;
  readonly problems: readonly FsckProblem[];
  /** What is no damage: candidates that went with the cache, packs without an index, what logs remember of other branches. */
  readonly notices: readonly FsckProblem[];
}
