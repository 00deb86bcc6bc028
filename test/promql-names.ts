import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What docs/metrics.md has, as it is asked for: of a histogram its series. */
export function seriesOfDocumentation(): string[] {
  const document = readFileSync(join(import.meta.dirname, '../docs/metrics.md'), 'utf8');
  const rows = document.matchAll(/^\| `([a-z_0-9]+)` \| (\w+) \|/gm);
  return [...rows].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
  );
}

/** The metrics that an expression of PromQL asks for: words that are neither labels nor functions. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\b(by|on|without) \([^)]*\)/g, '');
  const outside = bare.replaceAll(/\{[^}]*\}/g, '{}');
  const words = outside.matchAll(/\b([a-z]\w*)\b(?!\s*\()/g);
  return [...new Set([...words].map(([, word = '']) => word))].filter(
    (word) => !['and', 'or', 'unless'].includes(word) && !/^[smh]$/.test(word),
  );
}
