/** `npm run fuzz -- --runs 20000 --seed 7`: test/fuzz.spec.ts with more requests, by default of a new seed. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const wrong = Object.entries(values).find(([, value]) => !/^\d{1,9}\d?$/.test(value));
if (wrong === undefined) {
  process.exitCode = fuzz(values);
} else {
  console.error(`--${wrong[0]} is "${wrong[1]}", but must be a whole number.`);
  process.exitCode = 1;
}

function fuzz({ runs, seed }) {
  console.log(`fuzz: ${runs} requests, --seed ${seed}`);
  const test = ['test', '--', 'test/fuzz.spec.ts', '--testTimeout', '86400000'];
  const env = { ...process.env, FUZZ_RUNS: runs, FUZZ_SEED: seed };
  return spawnSync('npm', test, { stdio: 'inherit', env }).status ?? 1;
}
