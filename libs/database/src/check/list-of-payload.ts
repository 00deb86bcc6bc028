import { type PayloadPromise } from './database-promise.js';

export const LIST_OF_PAYLOAD: PayloadPromise = {
  name: 'list-of-payload',
  sentence: 'The payload list of a payload exists.',
  advice: 'The list was deleted past the foreign key. Restore it, or detach its payloads.',
  broken: () => 'p.payload_list_id IS NOT NULL AND l.id IS NULL',
};
