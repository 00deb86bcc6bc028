import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Moment, OPEN_END } from '#iov';
import { build, draftedLists, modelOf, MOMENTS } from '../test/timelines.js';
import { Timeline, TimelineBuilder, type TimelinePayload, type TimelineRow } from './index.js';

const at = (minor: number): Moment => ({ major: 0n, minor: BigInt(minor) });
const list = { id: 1n, payloadType: 'A' };

function open(...rows: TimelineRow[]): Timeline {
  const builder = new TimelineBuilder([list]);
  for (const row of rows) builder.add(list.id, row);
  return Timeline.open(builder.build(), 'continuous');
}

function row(json: string): TimelineRow {
  return { id: 7n, start: at(0), end: OPEN_END, json };
}

function only(timeline: Timeline): TimelinePayload | undefined {
  return timeline.payloadsAt(at(0))[0];
}

describe('a payload of a timeline', () => {
  it('has the fields it was added with', () => {
    fc.assert(
      fc.property(draftedLists, (lists) => {
        const model = modelOf(lists);
        const known = new Map(
          model.lists.flatMap(({ rows }) => rows.map((added) => [added.id, added])),
        );
        const loaded = Timeline.open(build(model).build(), 'discrete');
        const updated = model.lists.reduce(
          (timeline, { rows, ...payloadList }) => timeline.withList(payloadList, rows),
          loaded,
        );
        for (const timeline of [loaded, updated]) {
          for (const payload of MOMENTS.flatMap((moment) => timeline.payloadsAt(moment))) {
            if (payload === undefined) continue;
            const { start, end, json, fields } = known.get(payload.id) ?? {};
            expect([payload.start, payload.end]).toEqual([start, end]);
            expect([payload.json.toString(), payload.fields()]).toEqual([json, fields]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is missing where its list has not begun', () => {
    const timeline = open({ ...row('[]'), start: at(1) });
    expect(timeline.payloadsAt(at(0))).toEqual([undefined]);
    expect(timeline.payloadsAt(at(1))[0]?.id).toBe(7n);
  });

  it('may have JSON with white space in it', () => {
    const timeline = open(row(' [ "A" ,"u\\"]," ,\t"c", null,0 ,1 ,\n2, 3 , "r" ]'));
    const fields = ['"A"', '"u\\"],"', '"c"', 'null', '0', '1', '2', '3', '"r"'];
    expect(only(timeline)?.fields()).toEqual(fields);
    expect(JSON.parse(timeline.answer(at(0), 'dict').body.toString())).toEqual([
      {
        payload_type_name: 'A',
        payload_url: 'u"],',
        checksum: 'c',
        size: null,
        major_iov: 0,
        minor_iov: 1,
        major_iov_end: 2,
        minor_iov_end: 3,
        revision: 'r',
      },
    ]);
  });

  it.each([
    '[1,2,3,4,5,6,7,8]',
    '[1,2,3,4,5,6,7,8,9,10]',
    '[1,2,3,4,5,6,7,8,"9]',
    '[1,2,3,4,5,6,7,8,]',
    '{"a":1}',
    '',
  ])('is not shown as an object if its JSON is %s', (json) => {
    const timeline = open(row(json));
    expect(() => only(timeline)?.fields()).toThrow(TypeError);
    expect(() => timeline.answer(at(0), 'dict')).toThrow(TypeError);
    expect(timeline.answer(at(0), 'rows').body.toString()).toBe(`[${json}]`);
  });

  it('may have a start before (0, 0), as the columns of the database allow', () => {
    const starts = [-(2n ** 63n), -1n, 0n, 2n ** 62n];
    const timeline = open(
      ...starts.map((major, i) => ({ ...row(String(i)), start: { major, minor: -major - 1n } })),
    );
    for (const [i, major] of starts.entries()) {
      const { body } = timeline.answer({ major, minor: 2n ** 63n - 1n }, 'rows');
      expect(body.toString()).toBe(`[${i}]`);
    }
  });
});
