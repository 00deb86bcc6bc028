import { type PayloadPromise } from './database-promise.js';

export const PAYLOAD_INTERVAL: PayloadPromise = {
  name: 'interval',
  sentence:
    'An interval starts at 0 or later, and ends after its start (in discrete mode, or at it).',
  advice:
    'Such a payload is valid nowhere, and hides those before it. Detach it, and see what answers then: ' +
    'UPDATE "PayloadIOV" SET payload_list_id = NULL WHERE id = …',
  broken: (mode) =>
    `p.major_iov < 0 OR p.minor_iov < 0
     OR (p.major_iov_end, p.minor_iov_end) < (p.major_iov, p.minor_iov)
     ${
       mode === 'discrete'
         ? ''
         : `OR ((p.major_iov_end, p.minor_iov_end) = (p.major_iov, p.minor_iov)
               AND (p.major_iov, p.minor_iov) < (9223372036854775807, 9223372036854775807))`
     }`,
};
