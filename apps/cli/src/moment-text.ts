import { type Moment, parseInt64 } from '#iov';
import { Failure } from './failure.js';
import { integer, nullable, object } from './http/shape.js';

/** A moment in an answer. */
export const MomentShape = object({ major: integer, minor: integer });
/** The end of an interval in an answer; null is open. */
export const EndShape = nullable(MomentShape);

/** How moments are typed, for the help. */
export const MOMENTS_HELP =
  'A moment is typed as 1234 (major 0, minor 1234: a run, say) or as 7,1234 (major 7, minor 1234).';

/** @throws Failure unless it is `1234` or `7,1234` */
export function parseMoment(text: string): Moment {
  const [first, second, ...more] = text.split(',').map((part) => parseInt64(part.trim()));
  const wrong =
    first === undefined || more.length > 0 || (text.includes(',') && second === undefined);
  if (wrong) {
    throw new Failure(
      'usage',
      `"${text}" is not a moment: type 1234, or 7,1234 with its major part.`,
    );
  }
  return second === undefined ? { major: 0n, minor: first } : { major: first, minor: second };
}

/** An end as the native API takes it: `1234`, `7,1234`, `next` or `open`. */
export function parseEnd(text: string): Moment | 'next' | 'open' {
  return text === 'next' || text === 'open' ? text : parseMoment(text);
}

/** As it would be typed: `1234` or `7,1234`. */
export function momentText({ major, minor }: Moment): string {
  return major === 0n ? String(minor) : `${major},${minor}`;
}

/** `open` for null. */
export function endText(end: Moment | null): string {
  return end === null ? 'open' : momentText(end);
}

/** `1250 – 1300` */
export function intervalText({ from, until }: { from: Moment; until: Moment | null }): string {
  return `${momentText(from)} – ${endText(until)}`;
}
