// `npm start` in a fresh clone has nothing built yet, and after a `git pull` something old:
// build when any source is newer than the last build, else start at once.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const BUILT = 'dist/apps/api/src/main.js';
const SOURCES = ['apps', 'libs', 'bench', 'ormconfig.ts', 'tsconfig.json', 'package-lock.json'];

const modified = (path) => statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newest(path) {
  const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(join(ROOT, path)).reduce(
    (latest, name) => Math.max(latest, newest(join(path, name))),
    0,
  );
}

// A production image carries the build and no sources.
if (modified('apps') > 0 && Math.max(...SOURCES.map(newest)) > modified(BUILT)) {
  // Where what follows prints is not for this.
  console.error('Building Tempora (once, and again when its sources change) …');
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: ROOT,
    stdio: ['inherit', process.stderr, 'inherit'],
    shell: process.platform === 'win32',
  });
}
