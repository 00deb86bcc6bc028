import { compareMoments, type IovMode, type Moment } from '#iov';
import { type Window } from '#timeline';

/** What a tag answers at a moment: a name that equal answers share, and where it stays so. */
interface MomentState {
  readonly key: string;
  readonly window: Window;
}

/** Where the answers for several moments come from: memory, or PostgreSQL. */
export interface MomentSource {
  /** How many moments to ask for at once. */
  readonly atOnce: number;
  states(moments: readonly Moment[]): Promise<MomentState[]>;
  /** The cores of the native answers. */
  cores(moments: readonly Moment[]): Promise<string[]>;
}

/** One answer, the moments that have it, in order, and the windows around them. */
export interface EqualMoments {
  readonly moments: Moment[];
  readonly windows: Window[];
}

/** Neighbours mostly lie in one window: a few moments far apart first, then what they left open. */
const STRIDES = [64, 8, 1];

/** Moments with equal answers together, in order of the first moment; each moment once. */
export async function equalMoments(
  source: MomentSource,
  moments: readonly Moment[],
  mode: IovMode,
): Promise<EqualMoments[]> {
  const sorted = distinct(moments);
  const states = await statesOf(source, sorted, mode);
  const groups = new Map<string, EqualMoments>();
  for (const [i, moment] of sorted.entries()) {
    const { key, window } = states[i] as MomentState;
    const group = groups.get(key) ?? { moments: [], windows: [] };
    group.moments.push(moment);
    if (group.windows.at(-1) !== window) group.windows.push(window);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function distinct(moments: readonly Moment[]): Moment[] {
  return moments
    .toSorted(compareMoments)
    .filter((moment, i, all) => i === 0 || compareMoments(moment, all[i - 1] ?? moment) !== 0);
}

async function statesOf(
  source: MomentSource,
  sorted: readonly Moment[],
  mode: IovMode,
): Promise<(MomentState | undefined)[]> {
  const states = new Array<MomentState | undefined>(sorted.length).fill(undefined);
  for (const stride of STRIDES) {
    const open = [...sorted.keys()].filter((i) => i % stride === 0);
    for (let next = 0; next < open.length;) {
      const asked: number[] = [];
      for (; next < open.length && asked.length < source.atOnce; next++) {
        const i = open[next] ?? 0;
        if (states[i] === undefined) asked.push(i);
      }
      const found = await source.states(asked.map((i) => sorted[i] as Moment));
      for (const [n, i] of asked.entries()) spread(i, found[n] as MomentState);
    }
  }
  return states;

  /** Fills in a state for a moment and those beside it that are in its window. */
  function spread(from: number, state: MomentState): void {
    if (states[from] !== undefined) return;
    for (const step of [1, -1]) {
      for (let i = step === 1 ? from : from - 1; i >= 0 && i < sorted.length; i += step) {
        const moment = sorted[i];
        if (moment === undefined || states[i] !== undefined) break;
        if (!isInside(state.window, moment, mode)) break;
        states[i] = state;
      }
    }
  }
}

function isInside({ from, until }: Window, moment: Moment, mode: IovMode): boolean {
  if (compareMoments(moment, from) < 0) return false;
  if (until === null) return true;
  const order = compareMoments(moment, until);
  return mode === 'continuous' ? order < 0 : order <= 0;
}
