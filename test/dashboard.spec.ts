import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { metricsIn, seriesOfDocumentation } from './promql-names.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly datasource?: object;
  readonly targets?: readonly { readonly expr: string; readonly datasource: object }[];
}

const FILE = join(import.meta.dirname, '../charts/tempora/files/dashboard.json');
const { panels, templating } = JSON.parse(readFileSync(FILE, 'utf8')) as {
  panels: Panel[];
  templating: { list: { name: string }[] };
};
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

it('The dashboard shows every metric of the service, and no other', () => {
  const known = seriesOfDocumentation();
  const shown = new Set(expressions.flatMap(metricsIn));
  expect([...shown].filter((name) => !known.includes(name))).toEqual([]);
  const parts = /_(bucket|sum|count)$/;
  const shownBare = new Set([...shown].map((name) => name.replace(parts, '')));
  expect(known.filter((name) => !shownBare.has(name.replace(parts, '')))).toEqual([]);
});

it('Every panel asks the data source, the jobs and the instances that are chosen', () => {
  expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance']);
  const chosen = { type: 'prometheus', uid: '${datasource}' };
  for (const { title, type, datasource, targets = [] } of panels) {
    if (type === 'row') continue;
    expect([title, datasource, ...targets.map((target) => target.datasource)]).toEqual([
      title,
      ...new Array<object>(targets.length + 1).fill(chosen),
    ]);
  }
  for (const expr of expressions) {
    // One selector for each metric.
    expect(expr.split('job=~"$job", instance=~"$instance"')).toHaveLength(
      [...expr.matchAll(/\{/g)].length + 1,
    );
  }
});

it('No panel lies on another', () => {
  const taken = new Set<string>();
  for (const { gridPos } of panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect([x < 24, taken.has(`${x} ${y}`)]).toEqual([true, false]);
        taken.add(`${x} ${y}`);
      }
    }
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});
