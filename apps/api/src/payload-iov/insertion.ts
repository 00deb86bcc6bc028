import { type Insertion, type Interval } from '#iov';
import { type LockedList } from '../payload-list/payload-list.service.js';

/** What a payload is, apart from when and where it is valid. */
export interface PayloadFile {
  readonly payloadUrl: string;
  readonly checksum: string;
  /** Bytes. */
  readonly size: bigint | null;
  readonly revision: string | null;
}

/** A payload to insert into a list: a new one, or one that is stored already, by its id. */
export interface PayloadInsertion extends Insertion {
  readonly list: LockedList;
  readonly payload: PayloadFile | bigint;
}

/** A stored payload and its interval. */
export interface StoredPayload extends Interval {
  readonly id: bigint;
  readonly listId: bigint;
  readonly payloadUrl: string;
}

/** What a batch of insertions did. */
export interface InsertionOutcome {
  /** In the order of the batch; `interval` is null where a later one of the batch replaced it. */
  readonly added: readonly {
    readonly id: bigint;
    readonly interval: Interval | null;
  }[];
  /** Payloads that no longer answer anywhere; the first thousand. */
  readonly detached: readonly StoredPayload[];
  readonly detachedCount: number;
  readonly trimmed: readonly {
    readonly id: bigint;
    readonly from: Interval;
    readonly to: Interval;
  }[];
  /** Further pieces of payloads that an insertion split. */
  readonly split: readonly {
    readonly id: bigint;
    readonly of: bigint;
    readonly interval: Interval;
  }[];
}

/** A row of the statements about placed payloads. */
export interface PlacedRow {
  readonly id: bigint;
  readonly list_id: bigint;
  readonly payload_url: string;
  readonly major_iov: bigint;
  readonly minor_iov: bigint;
  readonly major_iov_end: bigint;
  readonly minor_iov_end: bigint;
}

export function storedPayload(row: PlacedRow): StoredPayload {
  return {
    id: row.id,
    listId: row.list_id,
    payloadUrl: row.payload_url,
    start: { major: row.major_iov, minor: row.minor_iov },
    end: { major: row.major_iov_end, minor: row.minor_iov_end },
  };
}
