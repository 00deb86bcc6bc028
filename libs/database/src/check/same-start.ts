import { type ListPromise } from './database-promise.js';

export const SAME_START: ListPromise = {
  name: 'same-start',
  sentence: 'No two payloads of a list start at the same moment.',
  legal: true,
  advice:
    'Tempora detaches the one before; loads of the reference may have left some. The highest id answers, the others nowhere.',
  broken: () => '(p.next_major, p.next_minor) = (p.major_iov, p.minor_iov)',
};
