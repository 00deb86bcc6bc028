import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { picture, type Scene } from '../test/picture.js';
import { type NewPayload } from '../test/list-database.js';
import { type IovMode, OPEN_END } from './index.js';

type Ends = readonly [payload: string, start: number, end: number | 'open' | 'next'];

function scene(
  mode: IovMode,
  tag: 'unlocked' | 'locked',
  before: readonly Ends[],
  insert: readonly Ends[],
): Scene {
  const row = ([payload, start, end]: Ends): NewPayload => ({
    payload,
    start: { major: 0n, minor: BigInt(start) },
    end: typeof end === 'number' ? { major: 0n, minor: BigInt(end) } : OPEN_END,
    until: end === 'next' ? 'next' : 'end',
  });
  return { mode, locked: tag === 'locked', before: before.map(row), insert: insert.map(row) };
}

const over = (before: readonly Ends[], ...insert: Ends[]) =>
  scene('continuous', 'unlocked', before, insert);
const locked = (before: readonly Ends[], ...insert: Ends[]) =>
  scene('continuous', 'locked', before, insert);
const discrete = (before: readonly Ends[], ...insert: Ends[]) =>
  scene('discrete', 'unlocked', before, insert);

const LIST: readonly Ends[] = [
  ['A', 0, 10],
  ['B', 10, 20],
  ['C', 20, 40],
];
const BULK: readonly Ends[] = [
  ['A', 0, 'open'],
  ['B', 10, 'open'],
  ['C', 30, 'open'],
];

describe('the pictures of the validity rules', () => {
  const page = readFileSync(new URL('../../../docs/validity-rules.md', import.meta.url), 'utf8');

  it.each<[string, Scene]>([
    [
      'gap',
      over(
        [
          ['A', 0, 10],
          ['B', 30, 'open'],
        ],
        ['N', 10, 20],
      ),
    ],
    ['middle', over([['A', 0, 40]], ['N', 10, 20])],
    ['several', over(LIST, ['N', 5, 25])],
    [
      'open end',
      over(
        [
          ['A', 0, 20],
          ['B', 20, 'open'],
        ],
        ['N', 10, 'open'],
      ),
    ],
    ['exact', over(LIST, ['N', 10, 20])],
    [
      'bulk',
      over(
        [
          ['A', 0, 10],
          ['B', 30, 'open'],
        ],
        ['M', 20, 'next'],
        ['N', 10, 'next'],
      ),
    ],
    ['bulk, same start', over([['A', 0, 'open']], ['M', 20, 'next'], ['N', 20, 'next'])],
    ['overlapping', over(BULK, ['N', 15, 20])],
    [
      'locked, gap',
      locked(
        [
          ['A', 0, 10],
          ['B', 30, 'open'],
        ],
        ['N', 10, 30],
      ),
    ],
    [
      'locked, refused',
      locked(
        [
          ['A', 0, 20],
          ['B', 30, 'open'],
        ],
        ['N', 10, 30],
      ),
    ],
    [
      'online',
      locked(
        [
          ['A', 0, 20],
          ['B', 20, 'open'],
        ],
        ['N', 30, 'open'],
      ),
    ],
    ['online bulk', locked([['A', 0, 'open']], ['M', 10, 'next'], ['N', 30, 'next'])],
    ['discrete, middle', discrete([['A', 0, 40]], ['N', 10, 19])],
    [
      'discrete, several',
      discrete(
        [
          ['A', 0, 9],
          ['B', 10, 19],
          ['C', 20, 40],
        ],
        ['N', 5, 24],
      ),
    ],
  ])('agree with the code: %s', (_, drawn) => {
    expect(page).toContain(picture(drawn));
  });
});
