import { counter, type Family } from '#observability';
import { type InsertionService } from '../payload-iov/insertion.service.js';

/** What insertions did, once it was committed. */
export function insertionFamilies({ counts }: InsertionService): Family[] {
  return [
    counter(
      'tempora_payloads_inserted_total',
      'Payloads that were inserted into lists.',
      () => counts.inserted,
    ),
    counter(
      'tempora_payloads_detached_total',
      'Payloads that insertions have taken out of their lists.',
      () => counts.detached,
    ),
    counter(
      'tempora_payloads_trimmed_total',
      'Payloads whose intervals insertions have made shorter.',
      () => counts.trimmed,
    ),
    counter(
      'tempora_payloads_split_total',
      'Payloads that insertions have split in two.',
      () => counts.split,
    ),
  ];
}
