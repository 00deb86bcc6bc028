import { type PayloadPromise } from './database-promise.js';

export const DETACHED_PAYLOADS: PayloadPromise = {
  name: 'detached-payloads',
  sentence: 'A payload is in a list.',
  legal: true,
  advice: 'Payloads that were replaced are kept without a list. They answer nowhere.',
  broken: () => 'p.payload_list_id IS NULL',
};
