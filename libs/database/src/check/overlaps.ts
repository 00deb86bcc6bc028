import { type ListPromise } from './database-promise.js';

export const OVERLAPS: ListPromise = {
  name: 'overlaps',
  sentence: 'A payload ends where the next one in its list starts.',
  legal: true,
  advice:
    'Bulk loads leave payloads that reach further. The later start wins, so each moment has one answer.',
  broken: (mode) =>
    `(p.next_major, p.next_minor) > (p.major_iov, p.minor_iov)
     AND (p.major_iov_end, p.minor_iov_end) ${mode === 'discrete' ? '>=' : '>'} (p.next_major, p.next_minor)`,
};
