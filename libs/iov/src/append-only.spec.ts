import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnswersModel, answersOf, line } from '../test/answers-model.js';
import { damagedLists, histories, PROBES } from '../test/histories.js';
import { ListDatabase, type NewPayload } from '../test/list-database.js';
import { type IovMode, isOpenEnd, OPEN_END } from './index.js';

const runs = { numRuns: 3000 };

/** From where on the online exception lets answers change; after every moment if nowhere. */
function exemptFrom(database: ListDatabase, batch: readonly NewPayload[]): bigint {
  const last = database.last();
  const never = line(OPEN_END) + 1n;
  if (last === undefined || !isOpenEnd(last.end)) return never;
  return batch
    .filter((insertion) => insertion.until === 'next' || isOpenEnd(insertion.end))
    .map((insertion) => line(insertion.start))
    .filter((start) => start > line(last.start))
    .reduce((first, start) => (start < first ? start : first), never);
}

describe.each<IovMode>(['continuous', 'discrete'])('a locked tag in %s mode', (mode) => {
  const lists = damagedLists(mode);

  it.each([1, 4])('takes what changes no answer, and nothing else (batches up to %d)', (size) => {
    const seen = { accepted: 0, refused: 0, online: 0 };
    fc.assert(
      fc.property(lists, histories(mode, size), (list, batches) => {
        const database = new ListDatabase(list, mode);
        for (const batch of batches) {
          const model = AnswersModel.of(database.attached(), PROBES, mode);
          const before = model.all();
          for (const insertion of batch) model.insert(insertion.payload, insertion);
          const after = model.all();
          const exempt = exemptFrom(database, batch);
          const changed = PROBES.some(
            (at, i) => at < exempt && before[i] !== null && before[i] !== after[i],
          );

          expect(database.accepts(batch)).toBe(!changed);
          seen[changed ? 'refused' : 'accepted']++;
          if (changed) continue;

          const last = database.last();
          database.insert(batch, true);
          expect(String(answersOf(database.attached(), PROBES, mode))).toBe(String(after));
          if (exempt > line(OPEN_END)) continue;
          seen.online++;
          const closed = database.rows.find((row) => row.id === last?.id);
          expect(closed?.attached).toBe(true);
          expect(closed && line(closed.end)).toBe(mode === 'discrete' ? exempt - 1n : exempt);
        }
      }),
      runs,
    );
    // Worth something only if all of this happened often.
    expect(seen.accepted).toBeGreaterThan(runs.numRuns / 5);
    expect(seen.refused).toBeGreaterThan(runs.numRuns / 5);
    expect(seen.online).toBeGreaterThan(runs.numRuns / 50);
  });

  it('names an insertion and the payload whose answer it would change', () => {
    fc.assert(
      fc.property(lists, histories(mode, 4), (list, [batch = []]) => {
        const database = new ListDatabase(list, mode);
        const { conflict } = database.plan(batch, true);
        if (conflict === null) return;
        const model = AnswersModel.of(list, PROBES, mode);
        const before = model.all();
        for (const insertion of batch.slice(0, conflict.insertion + 1)) {
          model.insert(insertion.payload, insertion);
        }
        const after = model.all();
        const existing = database.rows.find((row) => row.id === conflict.existing.id);
        expect(conflict.existing).toMatchObject({ start: existing?.start, end: existing?.end });
        expect(
          PROBES.some(
            (_, i) =>
              before[i] === existing?.payload && after[i] === batch[conflict.insertion]?.payload,
          ),
        ).toBe(true);
      }),
      runs,
    );
  });

  it('takes a single insertion over nothing, or after an open end', () => {
    fc.assert(
      fc.property(lists, histories(mode, 1), (list, [batch = []]) => {
        const [insertion] = batch;
        if (insertion === undefined) return;
        const database = new ListDatabase(list, mode);
        const model = AnswersModel.of(list, PROBES, mode);
        const last = model.lastOf(insertion);
        const free = model.all().every((answer, i) => {
          const at = PROBES[i] ?? -1n;
          return answer === null || at < line(insertion.start) || at > last;
        });
        const online = exemptFrom(database, [insertion]) <= line(OPEN_END);
        expect(database.accepts([insertion])).toBe(free || online);
      }),
      runs,
    );
  });
});
