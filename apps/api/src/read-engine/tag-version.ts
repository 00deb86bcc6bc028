/** What names a state of a global tag: no other state, of any database, has the same. */
export interface TagVersion {
  readonly id: bigint;
  /** Grows with every change of the tag; after a restore it comes again with another meaning. */
  readonly revision: bigint;
  /** Random, drawn with each revision. */
  readonly mark: string;
}

export function versionText({ id, revision, mark }: TagVersion): string {
  return `${id}-${revision}-${mark}`;
}
