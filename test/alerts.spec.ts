import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { metricsIn, seriesOfDocumentation } from './promql-names.js';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Prometheus itself and Kubernetes have these. */
const OF_OTHERS = new Set(['up', 'kube_pod_status_ready', 'kube_pod_status_phase']);

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
    }[];
  }[];
}

const rules = (parse(read('charts/tempora/files/alerts.yaml')) as Rules).groups.flatMap(
  (group) => group.rules,
);

it('Each alert asks for metrics that docs/metrics.md has, and that test/metrics.spec.ts holds to the service', () => {
  const known = seriesOfDocumentation();
  for (const { alert, expr } of rules) {
    const asked = metricsIn(expr);
    expect(asked.length).toBeGreaterThan(0);
    expect([alert, asked.filter((name) => !known.includes(name) && !OF_OTHERS.has(name))]).toEqual([
      alert,
      [],
    ]);
  }
});

it('Each alert says what it is, what it means, and where to read on', () => {
  for (const { alert, annotations } of rules) {
    expect(annotations).toEqual({
      summary: expect.any(String),
      description: expect.any(String),
      runbook_url: `docs/operations.md#${alert.toLowerCase()}`,
    });
  }
});

it('Each alert is tried by alerts.test.yaml', () => {
  const tried = read('charts/tempora/files/alerts.test.yaml');
  for (const { alert } of rules) expect(tried).toContain(`alertname="${alert}"`);
});
