import { table } from './markdown-table.js';

/** Something to be reached, and whether it was. */
export interface Goal {
  readonly what: string;
  readonly aim: string;
  readonly got: string;
  readonly reached: boolean;
}

/** What is to be at least `aim`. @param format how both are written */
export const atLeast = (
  what: string,
  got: number,
  aim: number,
  format: (value: number) => string,
): Goal => ({ what, aim: `≥ ${format(aim)}`, got: format(got), reached: got >= aim });

/** What is to be at most `aim`. @param format how both are written */
export const atMost = (
  what: string,
  got: number,
  aim: number,
  format: (value: number) => string,
): Goal => ({ what, aim: `≤ ${format(aim)}`, got: format(got), reached: got <= aim });

export const goalsTable = (goals: readonly Goal[]): string =>
  table(
    ['', 'aim', 'got', 'reached'],
    goals.map(({ what, aim, got, reached }) => [what, aim, got, reached ? 'yes' : '**no**']),
    4,
  );
