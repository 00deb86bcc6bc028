/**
 * Makes a database by the reference's own migrations, fills it through the reference, lets Tempora
 * adopt it, and compares what both answer; then asks the reference again. See docs/adoption.md.
 *
 * node scripts/reference/compare.mjs [CHECKOUT-OF-NOPAYLOADDB [PYTHON]]
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '#database';
import { fill } from './fill.mjs';
import { answersOf, differences, questions } from './questions.mjs';
import { referenceEnvironment, run, startReference, startTempora } from './servers.mjs';

const SOURCE = 'https://github.com/BNLNPPS/nopayloaddb';
const FOLDER = resolve('.reference');
const LOG = join(FOLDER, 'servers.log');

const { positionals } = parseArgs({ allowPositionals: true });
mkdirSync(FOLDER, { recursive: true });
const root = await checkout(positionals[0]);
const python = await interpreter(root, positionals[1]);
const say = (message) => console.log(message);

rmSync(join(FOLDER, 'data'), { recursive: true, force: true });
const log = { info: say, warn: say };
const postgres = await startEmbeddedPostgres({
  dataDir: join(FOLDER, 'data'),
  systemDir: join(FOLDER, 'system'),
  durable: false,
  log,
});
try {
  process.exitCode = await compare(postgres.connection);
} finally {
  await postgres.stop();
}

async function compare(connection) {
  const env = referenceEnvironment(connection);
  for (const command of [['makemigrations', 'cdb_rest'], ['migrate']]) {
    await run(python, ['manage.py', ...command, '--verbosity', '0'], { cwd: root, env });
  }
  const { paths, before } = await serving(
    startReference(root, python, connection, LOG),
    async ({ base }) => {
      await fill(base);
      const asked = await questions(base);
      return { paths: asked, before: await answersOf(base, asked) };
    },
  );
  const ours = await serving(startTempora(connection, LOG), ({ base }) => answersOf(base, paths));
  const after = await serving(startReference(root, python, connection, LOG), ({ base }) =>
    answersOf(base, paths),
  );
  const changed = differences(before, ours);
  say(
    `${before.size - changed.length} of ${before.size} answers of Tempora are those of the reference`,
  );
  const others = changed.filter((each) => !isRounding(each));
  say(`${changed.length - others.length} differ where the reference had rounded comb_iov`);
  const apart = differences(after, ours);
  say(`${before.size - apart.length} are those that the reference gives after the adoption`);
  for (const { path, what } of [...others, ...apart]) say(`  ${path}: ${what}`);
  return others.length + apart.length > 0 ? 1 : 0;
}

/** The adoption makes comb_iov exact; in the tag of large majors it then resolves otherwise. */
function isRounding({ path, what }) {
  return what.includes('.comb_iov is ') || path.includes('gtName=Timestamps&');
}

/** Uses a server that is starting, and ends it. */
async function serving(starting, use) {
  const server = await starting;
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

async function checkout(given) {
  if (given !== undefined) return resolve(given);
  const clone = join(FOLDER, 'nopayloaddb');
  if (!existsSync(clone)) await run('git', ['clone', '--quiet', SOURCE, clone]);
  return clone;
}

/** A Python that has what the reference needs to run; its list also has what its documentation needs. */
async function interpreter(checkedOut, given) {
  if (given !== undefined) return given;
  const venv = join(FOLDER, 'venv');
  const own = join(venv, 'bin/python');
  if (!existsSync(own)) {
    await run('python3', ['-m', 'venv', venv]);
    await run(own, ['-m', 'pip', 'install', '--quiet', '-r', join(checkedOut, 'requirements.txt')]);
  }
  return own;
}
