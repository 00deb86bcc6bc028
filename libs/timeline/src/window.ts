import { FIRST_MOMENT, type IovMode, type Moment, predecessor } from '#iov';

/**
 * The largest interval in which an answer stays the same, from `from` on. In continuous mode `until`
 * is the first moment that is answered otherwise, in discrete mode the last one that is answered
 * alike; null: nothing later is answered otherwise.
 */
export interface Window {
  readonly from: Moment;
  readonly until: Moment | null;
}

/**
 * @param from null: from the first moment on
 * @param until the first moment answered otherwise, in either mode
 */
export function windowOf(from: Moment | null, until: Moment | null, mode: IovMode): Window {
  return {
    from: from ?? FIRST_MOMENT,
    until: until === null || mode === 'continuous' ? until : predecessor(until),
  };
}
