import { describe, expect, it } from '@jest/globals';
import { expositionOf } from './exposition.js';
import { counter, gauge, histogram } from './family.js';
import { Histogram } from './histogram.js';

describe('What Prometheus reads', () => {
  it('has the type and the meaning of each, and its value at the time of asking', () => {
    let asked = 0;
    const families = [counter('asked_total', 'How often it was asked.', () => ++asked)];
    const head = '# HELP asked_total How often it was asked.\n# TYPE asked_total counter\n';
    expect(expositionOf(families)).toBe(`${head}asked_total 1\n`);
    expect(expositionOf(families)).toBe(`${head}asked_total 2\n`);
  });

  it('tells values apart by labels, whatever is in them', () => {
    const text = expositionOf([
      gauge('states', 'States.', () => [
        [{ server: 'a:1', state: 'up' }, 1],
        [{ server: 'a "quoted" \\ name\nof two lines', state: 'up' }, 0.5],
      ]),
    ]);
    expect(text.split('\n').slice(2)).toEqual([
      'states{server="a:1",state="up"} 1',
      'states{server="a \\"quoted\\" \\\\ name\\nof two lines",state="up"} 0.5',
      '',
    ]);
  });

  it('counts into each bucket all that is at most as large', () => {
    const took = new Histogram([0.1, 1]);
    for (const seconds of [0.05, 0.1, 0.5, 30]) took.observe(seconds);
    const text = expositionOf([histogram('took_seconds', 'Took.', () => [[{ route: '/' }, took]])]);
    expect(text.split('\n').slice(2)).toEqual([
      'took_seconds_bucket{route="/",le="0.1"} 2',
      'took_seconds_bucket{route="/",le="1"} 3',
      'took_seconds_bucket{route="/",le="+Inf"} 4',
      'took_seconds_sum{route="/"} 30.65',
      'took_seconds_count{route="/"} 4',
      '',
    ]);
  });
});
