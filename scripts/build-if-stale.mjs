// `npm start` in a fresh clone has nothing built yet, and after a `git pull` something old:
// build when any source is newer than the last build, else start at once.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = 'dist/apps/api/src/main.js';
const SOURCES = ['apps', 'libs', 'bench', 'ormconfig.ts', 'tsconfig.json', 'package-lock.json'];

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

// A production image carries the build and no sources.
if (modified('apps') > 0 && Math.max(...SOURCES.map(newest)) > modified(BUILT)) {
  console.log('Building Tempora (once, and again when its sources change) …');
  execFileSync('npm', ['run', '--silent', 'build'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
