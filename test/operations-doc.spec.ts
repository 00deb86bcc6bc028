/** Whoever is woken by an alert finds what to do. */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

interface Rules {
  groups: { rules: { alert: string; annotations: { runbook_url: string } }[] }[];
}

it('docs/operations.md has a section for every alert, and for no other', () => {
  const { groups } = parse(read('charts/tempora/files/alerts.yaml')) as Rules;
  const rules = groups.flatMap(({ rules: all }) => all);
  const alerts = rules.map(({ alert }) => alert);
  const sections = [...read('docs/operations.md').matchAll(/^### (Tempora\w+)$/gm)];
  expect(sections.map(([, name]) => name).sort()).toEqual([...alerts].sort());
  for (const { alert, annotations } of rules) {
    expect(annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  }
});
