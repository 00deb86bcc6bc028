import { compareMoments, type Moment } from '#iov';

/** The later of two moments; null is earlier than all. */
export function laterOf(a: Moment | null, b: Moment | null): Moment | null {
  if (a === null || b === null) return a ?? b;
  return compareMoments(a, b) < 0 ? b : a;
}

/** The earlier of two moments; null is later than all. */
export function earlierOf(a: Moment | null, b: Moment | null): Moment | null {
  if (a === null || b === null) return a ?? b;
  return compareMoments(a, b) > 0 ? b : a;
}
