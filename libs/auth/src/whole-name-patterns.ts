import { RE2JS, RE2JSException } from 're2js';

/** Longer ones, and more of them, are not looked at: no list of names needs them. */
const MAX_LENGTH = 256;
const MAX_PATTERNS = 200;
/** How large all of them may be together, in steps of the machine that matches them. */
const MAX_STEPS = 10_000;
/** How long all of them may be together with their counted repetitions written out: what reading them costs. */
const MAX_WRITTEN_OUT = 100_000;

/**
 * Regular expressions that must match a whole name. They are matched in time linear in the length of
 * the name, whatever they are; one that cannot be read matches nothing.
 */
export class WholeNamePatterns {
  private readonly compiled: readonly RE2JS[];
  /** The first that was left out. */
  readonly unusable: string | undefined;

  constructor(patterns: readonly string[]) {
    const compiled: RE2JS[] = [];
    let steps = 0;
    let written = 0;
    for (const [position, pattern] of patterns.entries()) {
      const more = writtenOut(pattern);
      const mayFit = position < MAX_PATTERNS && written + more <= MAX_WRITTEN_OUT;
      if (mayFit) written += more;
      const machine = mayFit ? compile(pattern) : undefined;
      const fits = machine !== undefined && steps + machine.programSize() <= MAX_STEPS;
      if (fits) steps += machine.programSize();
      if (fits) compiled.push(machine);
      else this.unusable ??= pattern;
    }
    this.compiled = compiled;
  }

  get none(): boolean {
    return this.compiled.length === 0;
  }

  match(name: string): boolean {
    return this.compiled.some((pattern) => pattern.testExact(name));
  }
}

function compile(pattern: string): RE2JS | undefined {
  if (pattern.length > MAX_LENGTH) return undefined;
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

/** The length at most, each repetition `{n}`, `{n,}`, `{n,m}` counted as if it held all the others. */
function writtenOut(pattern: string): number {
  const counts = pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g);
  return [...counts].reduce(
    (product, [, least, most]) => product * Math.max(1, Number(least), Number(most ?? 0)),
    pattern.length,
  );
}
