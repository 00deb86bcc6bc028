import { type DatabaseConnection } from '#database';
import { type ClusterServer } from './cluster-server.js';
import { type PostgresCluster } from './cluster.js';
import { type Environment, startServer, type TestServer } from './server.js';
import { until } from './until.js';

/** What readiness tells. */
export interface Readiness {
  readonly code: number;
  readonly status: string;
  readonly details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A server on a cluster: it writes to the primary and may read from every replica. */
export async function startOnCluster(
  cluster: PostgresCluster,
  env: Environment = {},
): Promise<TestServer> {
  const { primary } = cluster;
  return startServer({
    connection: primary.connection,
    env: { ...clusterEnvironment(cluster), ...env },
  });
}

/** The variables that name the servers of a cluster. */
function clusterEnvironment({ primary, replicas }: PostgresCluster): Environment {
  return {
    CDB_PRIMARY_URL: urlOf(primary.connection),
    CDB_REPLICA_URLS: replicas.map(({ connection }) => urlOf(connection)).join(','),
  };
}

export async function readiness({ url }: Pick<TestServer, 'url'>): Promise<Readiness> {
  const response = await fetch(`${url}/health/ready`);
  return { ...((await response.json()) as Omit<Readiness, 'code'>), code: response.status };
}

/** Waits until every server of the cluster can be used. */
export async function allUp(server: TestServer): Promise<void> {
  await until(async () => (await readiness(server)).status === 'ok');
}

/** What a server of ours knows of a replica. */
export async function replicaReport(
  server: TestServer,
  { connection: { host, port } }: ClusterServer,
): Promise<{ readonly state: string; readonly lag_ms?: number }> {
  const { details } = await readiness(server);
  return details['replicas']?.[`${host}:${port}`] as { state: string };
}

/** Waits until a replica is in a state. */
export async function untilReplica(
  server: TestServer,
  replica: ClusterServer,
  state: string,
): Promise<void> {
  await until(async () => (await replicaReport(server, replica)).state === state);
}

/** As an operator writes it. */
export function urlOf({ user, password, host, port, database }: DatabaseConnection): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}
