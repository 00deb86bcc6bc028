import { type Config } from '#config';
import { type Family, gauge, VERSION } from '#observability';

/** What runs. */
export function buildFamily({ commit, iovMode }: Config): Family {
  return gauge(
    'tempora_build_info',
    'Always 1: which version runs, of which commit, on which Node.js, in which mode.',
    () => [
      [{ version: VERSION, commit, node_version: process.version.slice(1), iov_mode: iovMode }, 1],
    ],
  );
}
