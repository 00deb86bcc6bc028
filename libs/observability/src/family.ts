import { type Histogram } from './histogram.js';

/** Few values each: whoever asks must not be able to make up new ones. */
export type Labels = Readonly<Record<string, string>>;

/** Something that is measured, as Prometheus names it, and the values that it has now. */
export interface Family {
  /** `tempora_` and what it is, in base units; a counter ends with `_total`. */
  readonly name: string;
  /** One sentence; docs/metrics.md has the same. */
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Read when somebody looks. */
  readonly samples: () => Iterable<Sample>;
}

export type Sample = readonly [Labels, number | Histogram];

type Read = () => Iterable<Sample> | number;

/** What only grows. */
export function counter(name: string, help: string, read: Read): Family {
  return { name, help, type: 'counter', samples: samplesOf(read) };
}

/** What goes up and down. */
export function gauge(name: string, help: string, read: Read): Family {
  return { name, help, type: 'gauge', samples: samplesOf(read) };
}

/** How often something took how long. */
export function histogram(name: string, help: string, read: () => Iterable<Sample>): Family {
  return { name, help, type: 'histogram', samples: read };
}

function samplesOf(read: Read): () => Iterable<Sample> {
  return () => {
    const found = read();
    return typeof found === 'number' ? [[{}, found]] : found;
  };
}
