import { type Family, type Labels, type Sample } from './family.js';

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The text that Prometheus reads: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function expositionOf(families: readonly Family[]): string {
  const lines: string[] = [];
  for (const { name, help, type, samples } of families) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const sample of samples()) lines.push(...linesOf(name, sample));
  }
  return `${lines.join('\n')}\n`;
}

function* linesOf(name: string, [labels, value]: Sample): Generator<string> {
  if (typeof value === 'number') {
    yield line(name, labels, value);
    return;
  }
  for (const [bound, count] of value.cumulative()) {
    yield line(`${name}_bucket`, { ...labels, le: String(bound) }, count);
  }
  yield line(`${name}_bucket`, { ...labels, le: '+Inf' }, value.count);
  yield line(`${name}_sum`, labels, value.sum);
  yield line(`${name}_count`, labels, value.count);
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
