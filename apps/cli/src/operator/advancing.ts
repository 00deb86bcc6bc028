import { type Progress, type ProgressLine } from '../terminal/progress.js';

/** A bar for work that tells how far it has come, and learns only on the way how far it is. */
export function advancing(
  line: ProgressLine,
  label: string,
  unit: string,
): { reached: (done: number, of: number) => void; end: () => void } {
  let bar: Progress | undefined;
  let before = 0;
  return {
    reached: (done, of) => {
      bar ??= line.start(label, of, unit);
      bar.advance(done - before);
      before = done;
    },
    end: () => bar?.end(),
  };
}
