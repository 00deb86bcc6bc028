import { type ClientConfig } from 'pg';
import { type Own } from './bench.js';
import { withCloneSource } from './clone-source.js';
import { type Options } from './options.js';
import { fillOwnDatabase, startOwnDatabase } from './own-database.js';
import { ServerUnderTest } from './server-under-test.js';

/** Told how to stop what has been started. */
export type AtEnd = (stop: () => Promise<void>) => void;

/** The bench's own database, filled, and the servers that are started on it. */
export class OwnServers implements Own {
  readonly database: ClientConfig;
  readonly folder: string;
  /** What is loaded: one sentence. */
  readonly loaded: string;
  readonly #log: string;
  readonly #atEnd: AtEnd;

  private constructor(
    database: ClientConfig,
    folder: string,
    loaded: string,
    log: string,
    atEnd: AtEnd,
  ) {
    this.database = database;
    this.folder = folder;
    this.loaded = loaded;
    this.#log = log;
    this.#atEnd = atEnd;
  }

  /** @param log the file that what the servers print is added to */
  static async open(
    folder: string,
    log: string,
    { scenarios }: Options,
    atEnd: AtEnd,
  ): Promise<OwnServers> {
    const postgres = await startOwnDatabase(folder);
    atEnd(() => postgres.stop());
    const loaded = await fillOwnDatabase(postgres.connection, withCloneSource(scenarios));
    return new OwnServers(postgres.connection, folder, loaded, log, atEnd);
  }

  /** @param settings environment variables @returns a server that is ready */
  async start(settings?: Record<string, string>): Promise<ServerUnderTest> {
    const server = await ServerUnderTest.start(this.database, this.#log, settings);
    this.#atEnd(() => server.stop());
    await server.ready();
    return server;
  }

  async withServer<T>(use: (server: ServerUnderTest) => Promise<T>): Promise<T> {
    const server = await this.start();
    try {
      return await use(server);
    } finally {
      await server.stop();
    }
  }
}
