import { type ListPromise } from './database-promise.js';

/** In discrete mode the moment before the next start is no hole. */
const MEETS = `
  (p.next_major = p.major_iov_end AND p.next_minor > 0 AND p.next_minor - 1 = p.minor_iov_end
   OR p.next_major > 0 AND p.next_major - 1 = p.major_iov_end AND p.next_minor = 0
      AND p.minor_iov_end = 9223372036854775807)`;

export const HOLES: ListPromise = {
  name: 'holes',
  sentence: 'Between two payloads of a list something is valid.',
  legal: true,
  advice: 'Nothing is valid between the end of this payload and the next start. That may be meant.',
  broken: (mode) =>
    `(p.major_iov_end, p.minor_iov_end) < (p.next_major, p.next_minor)
     ${mode === 'discrete' ? `AND NOT ${MEETS}` : ''}`,
};
