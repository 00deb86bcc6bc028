/** A process that owns an embedded PostgreSQL, as told by the options in its first argument. */
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '#database';

const options = JSON.parse(process.argv[2] ?? '') as Omit<EmbeddedPostgresOptions, 'log'> & {
  runAs?: number;
};
if (options.runAs !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(options.runAs);
  process.setuid?.(options.runAs);
}
// As a program with a shutdown of its own does.
process.on('SIGINT', () => undefined);

const tell = (what: object) => process.send?.(what);
const say = (message: string) => tell({ said: message });

let server: EmbeddedPostgres | undefined;
process.on('message', () => void end());
process.on('disconnect', () => void end());

try {
  server = await startEmbeddedPostgres({ ...options, log: { info: say, warn: say } });
  tell({ connection: server.connection });
} catch (error) {
  tell({ refused: String(error) });
  process.disconnect();
}

async function end(): Promise<void> {
  await server?.stop();
  if (process.connected) process.disconnect();
}
