/** What the database tells of a change that was committed. */
export interface Change {
  /** The global tag that changed; undefined: something that belongs to no tag (a type, a status). */
  readonly tag?: bigint;
  /** The tag's revision after it. */
  readonly revision?: bigint;
  /** The payload lists that changed; null: too many to name. Empty: only the tag itself. */
  readonly lists?: readonly ListChange[] | null;
  /** Everything may have changed. */
  readonly all?: boolean;
  /** Only something that is in no tag has. */
  readonly untagged?: boolean;
}

/** A payload list that changed. */
export interface ListChange {
  readonly id: bigint;
  /** The first and the last start that changed in it; undefined: the list itself changed. */
  readonly starts?: { readonly first: Start; readonly last: Start };
}

/** Where a payload starts, int64 each. */
interface Start {
  readonly major: bigint;
  readonly minor: bigint;
}

/** Anybody may notify: what is no message of our triggers may mean anything. */
export function changeOf(payload: string | undefined): Change {
  try {
    return readChange(payload);
  } catch {
    return { all: true };
  }
}

function readChange(payload: string | undefined): Change {
  const told = JSON.parse(payload === undefined || payload === '' ? '{"all":true}' : payload) as {
    tag?: string;
    revision?: string | null;
    lists?: [string, string?, string?][] | null;
    all?: boolean;
    written?: boolean;
  };
  if (told.all === true) return { all: true };
  if (told.written === true) return { untagged: true };
  if (told.tag === undefined) return {};
  return {
    tag: BigInt(told.tag),
    ...(told.revision == null ? {} : { revision: BigInt(told.revision) }),
    lists: told.lists?.map(listChange) ?? null,
  };
}

function listChange([id, first, last]: [string, string?, string?]): ListChange {
  if (first === undefined || last === undefined) return { id: BigInt(id) };
  return { id: BigInt(id), starts: { first: startOf(first), last: startOf(last) } };
}

/** major.minor with 19 decimals: the decimals are the minor part. */
function startOf(text: string): Start {
  const [major = '0', minor = '0'] = text.split('.');
  return { major: BigInt(major), minor: BigInt(minor.padEnd(19, '0').slice(0, 19)) };
}
