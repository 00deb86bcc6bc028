// node prune.mjs <folder>: takes out of installed packages what only compilers, browsers and
// readers want. Licences stay.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const UNUSED_FILES = /\.(map|d\.[cm]?ts|markdown|flow)$|^(readme|changelog|history)\b.*\.md$/i;
/** Seen from the folder: builds of the same code for browsers and bundlers. */
const UNUSED_FOLDERS = [
  '@types',
  'typeorm/browser',
  'rxjs/src',
  'rxjs/dist/esm5',
  'rxjs/dist/bundles',
];

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node prune.mjs <folder>');

for (const unused of UNUSED_FOLDERS) rmSync(join(folder, unused), { recursive: true, force: true });
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && UNUSED_FILES.test(entry.name)) rmSync(join(entry.parentPath, entry.name));
}
