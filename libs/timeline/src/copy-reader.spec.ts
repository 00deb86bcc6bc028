import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type TimelineModel } from '../test/timeline-model.js';
import { draftedLists, modelOf, MOMENTS } from '../test/timelines.js';
import { Timeline, TimelineBuilder, type TimelineParts } from './index.js';

const HEADER = Buffer.concat([
  Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
  // No flags, and an extension of three bytes, which readers must skip.
  Buffer.from([0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]),
]);
const TRAILER = Buffer.from([0xff, 0xff]);

function field(value: bigint | string | null): Buffer {
  if (value === null) return Buffer.from([0xff, 0xff, 0xff, 0xff]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.alloc(8);
  if (typeof value === 'bigint') bytes.writeBigInt64BE(value);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function copyRow(...fields: (bigint | string | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(fields.length);
  return Buffer.concat([count, ...fields.map(field)]);
}

/** As PostgreSQL sends the rows of the model. */
function copyOf(model: TimelineModel): Buffer {
  const rows = model.lists.flatMap((list) =>
    list.rows.map(({ id, start, end, json }) =>
      copyRow(list.id, id, start.major, start.minor, end.major, end.minor, String(json)),
    ),
  );
  return Buffer.concat([HEADER, ...rows, TRAILER]);
}

function read(model: TimelineModel, chunks: readonly Buffer[]): TimelineParts {
  const builder = new TimelineBuilder(model.lists);
  const reader = builder.copyReader();
  for (const chunk of chunks) {
    reader.push(chunk);
    // What a socket reads into is used again.
    chunk.fill(0xee);
  }
  reader.end();
  return builder.build();
}

describe('the reader of a binary COPY', () => {
  it('reads it however it is cut', () => {
    const cuts = fc.array(fc.nat({ max: 90 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(draftedLists, cuts, (lists, lengths) => {
        const model = modelOf(lists);
        const stream = copyOf(model);
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const length = 1 + (lengths[i % lengths.length] ?? 0);
          chunks.push(Buffer.from(stream.subarray(at, at + length)));
          at += length;
        }
        const timeline = Timeline.open(read(model, chunks), 'continuous');
        expect(MOMENTS.map((at) => timeline.answer(at, 'rows').body.toString())).toEqual(
          MOMENTS.map((at) => model.rows(at)),
        );
        expect(MOMENTS.map((at) => timeline.resolve(at).payloads.map(({ id }) => id))).toEqual(
          MOMENTS.map((at) => model.valid(at, 'continuous').filter((id) => id !== null)),
        );
      }),
      { numRuns: 150 },
    );
  });

  const good = copyRow(1n, 1n, 0n, 0n, 1n, 0n, '["A"]');
  const push = (...parts: Buffer[]) => {
    const reader = new TimelineBuilder([{ id: 1n, payloadType: 'A' }]).copyReader();
    reader.push(Buffer.concat(parts));
    reader.end();
  };

  it.each([
    ['a text COPY', [Buffer.from('1\t1\t0\t0\t1\t0\t["A"]\n'.repeat(3))], /not a binary COPY/],
    ['a null', [HEADER, copyRow(1n, 1n, 0n, null, 1n, 0n, '["A"]'), good, TRAILER], /column 4/],
    ['no text', [HEADER, copyRow(1n, 1n, 0n, 0n, 1n, 0n, null), TRAILER], /without JSON/],
    ['another number of columns', [HEADER, copyRow(1n, 1n, '["A"]'), TRAILER], /3 columns/],
    ['a stream without end', [HEADER, good], /cut short/],
    ['half a row', [HEADER, good.subarray(0, 40)], /cut short/],
    ['something behind the end', [HEADER, good, TRAILER, good], /cut short/],
    ['nothing', [], /cut short/],
  ])('refuses %s', (_, parts, message) => {
    expect(() => {
      push(...parts);
    }).toThrow(message);
  });

  it('refuses a row of a list that was not announced', () => {
    expect(() => {
      push(HEADER, copyRow(2n, 1n, 0n, 0n, 1n, 0n, '["A"]'), TRAILER);
    }).toThrow(/list 2 is not/);
  });
});
