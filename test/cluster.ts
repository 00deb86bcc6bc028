import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DatabaseConnection, migrate, startEmbeddedPostgres } from '#database';
import { ClusterServer, type ServerProgram } from './cluster-server.js';
import { DatabaseLine } from './database-line.js';
import { quietPort } from './quiet-port.js';
import { type ServerFolder, serverFolder } from './server-folder.js';
import { until } from './until.js';

const SETTINGS = {
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  wal_keep_size: '64MB',
  wal_retrieve_retry_interval: '100ms',
  synchronous_commit: 'on',
};

const silent = { info: () => undefined, warn: () => undefined };

/** A primary with a migrated database, and servers that stream its WAL. Takes some three seconds. */
export class PostgresCluster {
  private constructor(
    readonly primary: ClusterServer,
    readonly replicas: readonly ClusterServer[],
    /** The way on which replicas reach the primary. */
    private readonly upstream: DatabaseLine,
    private readonly folder: ServerFolder,
  ) {}

  static async start({ replicas }: { replicas: number }): Promise<PostgresCluster> {
    const folder = serverFolder();
    const dataDir = join(folder.path, 'template');
    const template = await startEmbeddedPostgres({
      dataDir,
      durable: false,
      settings: SETTINGS,
      log: silent,
    });
    const { connection } = template;
    try {
      await migrate(connection, { log: silent });
    } finally {
      await template.stop();
    }
    const program = programOf(join(dataDir, 'postgres'));
    const copy = async (name: string): Promise<ClusterServer> => {
      const to = join(folder.path, name);
      // Whose it is stays as it was.
      await promisify(execFile)('cp', ['-a', join(dataDir, 'postgres'), to]);
      const direct = { ...connection, port: await quietPort() };
      return new ClusterServer(program, to, direct, await DatabaseLine.open(direct));
    };
    const primary = await copy('primary');
    const upstream = await DatabaseLine.open(primary.direct);
    const followers: ClusterServer[] = [];
    for (let i = 1; i <= replicas; i++) {
      const name = `replica${i}`;
      followers.push(await copy(name));
      follow(join(folder.path, name), name, upstream.connection);
    }
    const cluster = new PostgresCluster(primary, followers, upstream, folder);
    await Promise.all(cluster.servers.map((server) => server.start()));
    await until(async () => (await cluster.streaming()) === replicas);
    return cluster;
  }

  /** How many replicas receive what the primary writes. */
  async streaming(): Promise<number> {
    const [row] = await this.primary.sql<{ count: string }>(
      `SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'`,
    );
    return Number(row?.count);
  }

  /** A replica becomes the primary, under the primary's address for clients and other replicas. */
  async promote(replica: ClusterServer): Promise<void> {
    await replica.sql('SELECT pg_promote()');
    this.upstream.leadTo(replica.direct);
    this.primary.line.leadTo(replica.direct);
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    for (const { line } of this.servers) line.close();
    this.upstream.close();
    await this.folder.remove();
  }

  private get servers(): ClusterServer[] {
    return [this.primary, ...this.replicas];
  }
}

/** What has run on a data folder, and as whom. */
function programOf(dataDir: string): ServerProgram {
  const [postgres = ''] = readFileSync(join(dataDir, 'postmaster.opts'), 'utf8').split(' "');
  const { uid, gid } = statSync(dataDir);
  return { postgres, account: process.getuid?.() === 0 ? { uid, gid } : undefined };
}

function follow(
  dataDir: string,
  name: string,
  { host, port, user, password }: DatabaseConnection,
): void {
  const upstream = `host=${host} port=${port} user=${user} password=${password} application_name=${name}`;
  writeFileSync(join(dataDir, 'postgresql.auto.conf'), `primary_conninfo = '${upstream}'\n`);
  writeFileSync(join(dataDir, 'standby.signal'), '');
}
