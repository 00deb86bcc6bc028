import { counter, type Family, gauge, histogram } from '#observability';
import { type AnswerMemory } from '../read-engine/answer-memory.js';
import { type Timelines } from '../read-engine/timelines.js';

/** What is answered from memory. */
export function timelineFamilies(timelines: Timelines, memory: AnswerMemory): Family[] {
  return [...heldFamilies(timelines), ...loadFamilies(timelines), ...memoryFamilies(memory)];
}

function heldFamilies(timelines: Timelines): Family[] {
  return [
    gauge('tempora_timeline_tags', 'Global tags in memory.', () => timelines.measures.tags),
    gauge(
      'tempora_timeline_bytes',
      'Memory that they take, bytes.',
      () => timelines.measures.bytes,
    ),
    gauge(
      'tempora_timeline_budget_bytes',
      'Memory that they may take, bytes.',
      () => timelines.measures.budget,
    ),
    gauge(
      'tempora_timeline_age_seconds',
      'Since the one was read that has been in memory for longest, seconds; 0 where there is none.',
      () => timelines.measures.oldestMs / 1000,
    ),
    counter(
      'tempora_timeline_hits_total',
      'Resolves and ranges that a tag in memory answered.',
      () => timelines.counts.hits,
    ),
    counter(
      'tempora_timeline_misses_total',
      'Resolves and ranges that the database had to answer.',
      () => timelines.counts.misses,
    ),
  ];
}

function loadFamilies(timelines: Timelines): Family[] {
  return [
    counter(
      'tempora_timeline_loads_total',
      'Tags that were to be read into memory, by outcome: `loaded`, `too_large` or `failed`.',
      () => {
        const { loaded, tooLarge, failed } = timelines.counts;
        return [
          [{ outcome: 'loaded' }, loaded],
          [{ outcome: 'too_large' }, tooLarge],
          [{ outcome: 'failed' }, failed],
        ];
      },
    ),
    histogram(
      'tempora_timeline_load_duration_seconds',
      'How long reading a whole tag took, seconds.',
      () => [[{}, timelines.loadDurations]],
    ),
    counter(
      'tempora_timeline_updates_total',
      'Changes that were read into tags in memory.',
      () => timelines.counts.updated,
    ),
    counter(
      'tempora_timeline_evictions_total',
      'Tags that left memory, by reason: `memory` was needed, `disuse`, or a `change` that was not read.',
      () =>
        Object.entries(timelines.measures.evictions).map(
          ([reason, count]) => [{ reason }, count] as const,
        ),
    ),
  ];
}

function memoryFamilies(memory: AnswerMemory): Family[] {
  return [
    counter(
      'tempora_answer_memory_hits_total',
      'Small answers that were told again.',
      () => memory.counts.hits,
    ),
    counter(
      'tempora_answer_memory_misses_total',
      'Small answers that had to be asked for.',
      () => memory.counts.misses,
    ),
    gauge(
      'tempora_answer_memory_characters',
      'Characters that small answers in memory have.',
      () => memory.size,
    ),
  ];
}
