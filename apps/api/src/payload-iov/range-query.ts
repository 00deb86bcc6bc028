import { compareMoments, INT64_MAX, type Moment } from '#iov';
import { Int64, NameOf, Text, Whole } from '../http/fields.js';
import { invalidRequest } from '../http/validation.js';

/** What is asked about a range of moments, page by page; the fields that are alike wherever it is. */
export interface RangeQuery {
  readonly from_major: bigint;
  readonly from_minor: bigint;
  readonly until_major?: bigint;
  readonly until_minor?: bigint;
}

export const UntilMajor = Int64({
  description:
    'Where the range ends, a moment that is not part of it (in discrete mode its last one): major part. Left out: that of `from`, or no end if both parts are.',
  optional: true,
  example: 0,
});

export const UntilMinor = Int64({
  description: 'Minor part of that moment. Left out: 2^63-1.',
  optional: true,
  example: 1400,
});

export const OnlyPayloadType = NameOf({
  description: 'Only this payload type.',
  optional: true,
  example: 'BeamSpot',
});

export const AfterMark = Text({
  description: 'Where the page begins; taken from `next` of the page before.',
  optional: true,
  max: 62,
  example: '0.1200.1',
});

export const RowsPerPage = Whole({
  description: 'Rows per page. `application/x-ndjson` has no pages.',
  min: 1,
  max: 1000,
  optional: true,
  example: 25,
});

/**
 * The range, without an end if none was asked for.
 * @throws Problem invalid-request if it ends before it begins
 */
export function rangeOf(query: RangeQuery): { from: Moment; until: Moment | null } {
  const from = { major: query.from_major, minor: query.from_minor };
  const until = untilOf(query);
  if (until !== null && compareMoments(until, from) < 0) {
    throw invalidRequest([
      { field: 'until_major', message: 'The range may not end before it begins.' },
    ]);
  }
  return { from, until };
}

function untilOf({ from_major, until_major, until_minor }: RangeQuery): Moment | null {
  if (until_major === undefined && until_minor === undefined) return null;
  return { major: until_major ?? from_major, minor: until_minor ?? INT64_MAX };
}
