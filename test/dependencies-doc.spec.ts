import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Lock {
  readonly packages: Readonly<Record<string, { version?: string }>>;
}

it('docs/dependencies.md has a line for each production dependency, with its version, and no other', () => {
  const { dependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'optionalDependencies',
    Record<string, string>
  >;
  const { packages } = JSON.parse(read('package-lock.json')) as Lock;
  const expected = Object.keys({ ...dependencies, ...optionalDependencies })
    .sort()
    .map((name) => `${name} ${packages[`node_modules/${name}`]?.version ?? ''}`);
  const lines = read('docs/dependencies.md').matchAll(
    /^\| `([^`]+)` \| \S.*? \| (\S+) \/ \S+ \| \S.* \|$/gm,
  );
  expect([...lines].map(([, name, version]) => `${name ?? ''} ${version ?? ''}`)).toEqual(expected);
});

it('npm run sbom prints what runs in production, as CycloneDX', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { bomFormat, components } = JSON.parse(text) as {
    bomFormat: string;
    components: { name: string; group?: string; purl: string }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const purls = components.map(({ purl }) => purl);
  expect(purls).toContainEqual(expect.stringContaining('pkg:npm/fastify@5'));
  expect(purls.filter((purl) => /pkg:npm\/(jest|typescript|eslint)@/.test(purl))).toEqual([]);
});
