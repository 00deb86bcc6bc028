const PAGE = 8192n;
/** What PostgreSQL writes at the head of a page, and of the first page of a segment. */
const PAGE_HEADERS = [24n, 40n];

/** The bytes before a position that PostgreSQL writes as `16/B374D848`. */
export function walPosition(text: string): bigint {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/**
 * The end of what is written before a position. Where a page is just full, PostgreSQL tells where the
 * next record will begin, behind the header of the next page, which nobody replays before.
 */
export function endOfWritten(position: bigint): bigint {
  const intoPage = position % PAGE;
  return PAGE_HEADERS.includes(intoPage) ? position - intoPage : position;
}
