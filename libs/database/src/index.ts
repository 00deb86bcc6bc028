export { limitsToSet, takesNames } from './borrowed-session.js';
export { awaitSchema, schemaOf } from './await-schema.js';
export { type Change, type ListChange } from './change.js';
export { ChangeFeed } from './change-feed.js';
export { type CheckFinding, checkDatabase } from './check/check-database.js';
export { type AdoptionPlan, planAdoption } from './check/plan-adoption.js';
export { clientConfig } from './client-config.js';
export { type DatabaseConnection, type Log } from './database-connection.js';
export { DatabaseRefusal } from './database-refusal.js';
export { holdsCluster } from './embedded/cluster.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.js';
export { changeIovMode, claimIovMode } from './iov-mode.js';
export { migrate } from './migrate.js';
export { type MigrationReport, type SkippedConstraint } from './migration-report.js';
export { migrationSentences } from './migration-sentences.js';
export { demandOwnSessions, demandPreparedStatements } from './own-sessions.js';
export { type PoolLoad, poolLoad } from './pool-load.js';
export { type PoolOptions, postgresOptions } from './postgres-options.js';
export { type PreparedStatements, prepareSession } from './prepare-session.js';
export { Primary } from './replicas/primary.js';
export { type Lease, REPLICA_STATES, type ReplicaMeasures } from './replicas/replica.js';
export { ReadServers } from './replicas/read-servers.js';
export { schemaState, type SchemaState } from './schema-state.js';
export { waitForDatabase } from './wait-for-database.js';
export { constraintOf, type ConstraintName } from './constraint-of.js';
