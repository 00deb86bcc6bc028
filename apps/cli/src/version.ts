import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Of this program: what the package.json above it says. */
export const VERSION = versionAbove(import.meta.dirname);

function versionAbove(folder: string): string {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  } catch (error) {
    const parent = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
    return versionAbove(parent);
  }
}
