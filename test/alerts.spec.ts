import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';

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
  const known = metrics();
  for (const { alert, expr } of rules) {
    const asked = namesIn(expr);
    expect(asked.length).toBeGreaterThan(0);
    expect([alert, asked.filter((name) => !known.has(name) && !OF_OTHERS.has(name))]).toEqual([
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

/** As they are asked for: of a histogram its series. */
function metrics(): Set<string> {
  const rows = read('docs/metrics.md').matchAll(/^\| `([a-z_0-9]+)` \| (\w+) \|/gm);
  return new Set(
    [...rows].flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    ),
  );
}

/** The metrics in an expression: words with an underscore or before a brace that are no labels. */
function namesIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\b(by|on|without) \([^)]*\)/g, '');
  const outside = bare.replaceAll(/\{[^}]*\}/g, '{}');
  const words = outside.matchAll(/\b([a-z]\w*)\b(?!\s*\()/g);
  return [...new Set([...words].map(([, word = '']) => word))].filter(
    (word) => !['and', 'or', 'unless'].includes(word) && !/^[smh]$/.test(word),
  );
}
