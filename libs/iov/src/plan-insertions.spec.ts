import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnswersModel, answersOf, lastInside, line, moment } from '../test/answers-model.js';
import { chunks, damagedLists, histories, insertions, PROBES } from '../test/histories.js';
import { ListDatabase } from '../test/list-database.js';
import { type IovMode, isValidInterval, OPEN_END, planInsertions } from './index.js';

const runs = { numRuns: 3000 };
const fewer = { numRuns: 1000 };

describe.each<IovMode>(['continuous', 'discrete'])('a plan in %s mode', (mode) => {
  const lists = damagedLists(mode);

  it.each([1, 5])('makes the list answer by the rule (batches up to %d)', (batchSize) => {
    fc.assert(
      fc.property(lists, histories(mode, batchSize), (list, batches) => {
        const database = new ListDatabase(list, mode);
        const model = AnswersModel.of(list, PROBES, mode);
        for (const batch of batches) {
          const before = model.all();
          for (const insertion of batch) model.insert(insertion.payload, insertion);
          database.insert(batch);
          const after = model.all();
          const rows = database.attached();
          expect(String(answersOf(rows, PROBES, mode))).toBe(String(after));
          // A payload that no longer answers anywhere has left the list.
          const gone = new Set(before.filter((payload) => !after.includes(payload)));
          expect(rows.filter((row) => gone.has(row.payload))).toHaveLength(0);
        }
        const stored = new Set(database.rows.map((row) => row.payload));
        const lost = [...list, ...batches.flat()].filter(({ payload }) => !stored.has(payload));
        expect(lost).toHaveLength(0);
      }),
      runs,
    );
  });

  it('makes a long list answer by the rule after a large batch', () => {
    const probes = Array.from({ length: 1502 }, (_, at) => BigInt(at));
    const start = fc.integer({ min: 0, max: 1400 });
    const row = fc
      .record({ start, length: fc.integer({ min: 1, max: 100 }), next: fc.boolean() })
      .map(({ start: from, length, next }) => ({
        start: moment(BigInt(from)),
        end: next ? OPEN_END : moment(BigInt(from + length)),
        until: next ? ('next' as const) : ('end' as const),
      }));
    const rows = fc.array(row, { minLength: 250, maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(rows, rows, (old, load) => {
        const list = old.map((each, i) => ({ ...each, id: BigInt(i + 1), payload: `old-${i}` }));
        const batch = load.map((each, i) => ({ ...each, payload: `new-${i}` }));
        const database = new ListDatabase(list, mode);
        const model = AnswersModel.of(list, probes, mode);
        for (const insertion of batch) model.insert(insertion.payload, insertion);
        database.insert(batch);
        expect(String(answersOf(database.attached(), probes, mode))).toBe(String(model.all()));
      }),
      { numRuns: 10 },
    );
  });

  it('refuses what is not an interval', () => {
    const reversed = { start: moment(20n), end: moment(10n), until: 'end' as const };
    const request = { mode, insertions: [reversed], known: [], locked: false };
    expect(() => planInsertions(request)).toThrow('[(0, 20), (0, 10)');
  });

  it('accounts for every known payload once', () => {
    fc.assert(
      fc.property(lists, histories(mode, 5), fc.boolean(), (list, [batch = []], locked) => {
        const database = new ListDatabase(list, mode);
        const known = database.load(batch, locked).map((row) => row.id);
        const plan = database.plan(batch, locked);
        const leaving = plan.detached.map((placed) => placed.id);
        expect([...plan.staying, ...leaving].toSorted()).toEqual(known.toSorted());
        for (const { id } of plan.moved) expect(plan.staying).toContain(id);
        expect(plan.placed).toHaveLength(batch.length);
        for (const [index, { from, until }] of plan.detachedRanges.entries()) {
          const next = plan.detachedRanges[index + 1];
          if (until !== null) expect(line(from)).toBeLessThan(line(until));
          if (next !== undefined) {
            expect(until === null ? line(OPEN_END) : line(until)).toBeLessThan(line(next.from));
          }
        }
      }),
      fewer,
    );
  });

  it('leaves nothing else where an insertion starts', () => {
    fc.assert(
      fc.property(lists, histories(mode, 5), fc.boolean(), (list, [batch = []], locked) => {
        const database = new ListDatabase(list, mode);
        database.insert(batch, locked);
        const starts = database.attached().map((row) => line(row.start));
        for (const { start } of batch) {
          expect(starts.filter((each) => each === line(start)).length).toBeLessThanOrEqual(1);
        }
      }),
      fewer,
    );
  });

  it('needs to know nothing for rows that last until the next start, but what starts there', () => {
    const appends = histories(mode, 8).map(([batch = []]) =>
      batch.filter((row) => row.until === 'next'),
    );
    fc.assert(
      fc.property(lists, appends, (list, batch) => {
        const starts = new Set(batch.map((row) => line(row.start)));
        const others = list.filter((row) => !starts.has(line(row.start)));
        const blind = new ListDatabase(others, mode);
        const knowing = new ListDatabase(list, mode);
        blind.load = () => [];
        blind.insert(batch);
        knowing.insert(batch);
        expect(String(blind.content())).toBe(String(knowing.content()));
      }),
      fewer,
    );
  });

  it('needs no more of the list than the neighbours', () => {
    fc.assert(
      fc.property(lists, histories(mode, 5), (list, [batch = []]) => {
        const few = new ListDatabase(list, mode);
        const all = new ListDatabase(list, mode);
        all.load = () => all.attached();
        few.insert(batch);
        all.insert(batch);
        expect(String(few.content())).toBe(String(all.content()));
      }),
      fewer,
    );
  });

  it('does not depend on how a load is cut into batches', () => {
    const cuts = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(
        lists,
        histories(mode, 8),
        cuts,
        fc.boolean(),
        (list, [load = []], cut, locked) => {
          const [whole, cutUp, single] = [0, 1, 2].map(() => new ListDatabase(list, mode));
          whole?.insert(load, locked);
          for (const chunk of chunks(load, cut)) cutUp?.insert(chunk, locked);
          for (const insertion of load) single?.insert([insertion], locked);
          expect(cutUp?.content()).toEqual(whole?.content());
          expect(single?.content()).toEqual(whole?.content());
        },
      ),
      runs,
    );
  });

  it('does not depend on the order of rows that last until the next start', () => {
    const loads = fc
      .uniqueArray(insertions(mode), { selector: ({ start }) => line(start), maxLength: 8 })
      .map((rows) => rows.filter((row) => row.until === 'next'))
      .map((rows) => rows.map((row, i) => ({ ...row, payload: `new-${i + 1}` })))
      .chain((rows) =>
        fc.tuple(
          fc.constant(rows),
          fc.shuffledSubarray(rows, { minLength: rows.length }),
          fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        ),
      );
    fc.assert(
      fc.property(lists, loads, (list, [load, shuffled, cut]) => {
        const whole = new ListDatabase(list, mode);
        const cutUp = new ListDatabase(list, mode);
        whole.insert(load);
        for (const chunk of chunks(shuffled, cut)) cutUp.insert(chunk);
        expect(String(cutUp.content())).toBe(String(whole.content()));
      }),
      fewer,
    );
  });

  it('stores only valid intervals where the list held only valid ones', () => {
    fc.assert(
      fc.property(lists, histories(mode, 5), fc.boolean(), (list, batches, locked) => {
        const sound = list.filter((row) => isValidInterval(row, mode));
        const database = new ListDatabase(sound, mode);
        for (const batch of batches) database.insert(batch, locked);
        expect(database.rows.filter((row) => lastInside(row, mode) < 0n)).toHaveLength(0);
      }),
      fewer,
    );
  });

  it('leaves no overlap among insertions that say where they end', () => {
    fc.assert(
      fc.property(histories(mode, 5), (batches) => {
        const database = new ListDatabase([], mode);
        for (const batch of batches) database.insert(batch.filter((row) => row.until === 'end'));
        const rows = database
          .attached()
          .toSorted((a, b) => (line(a.start) < line(b.start) ? -1 : 1));
        const overlapping = rows.filter((row, i) => {
          const next = rows[i + 1];
          return next !== undefined && lastInside(row, mode) >= line(next.start);
        });
        expect(overlapping).toHaveLength(0);
      }),
      fewer,
    );
  });
});
