export { awaitSchema, schemaOf } from './await-schema.js';
export { type Change, ChangeFeed, type ListChange } from './change-feed.js';
export { type DatabaseConnection, type Log } from './database-connection.js';
export { DatabaseRefusal } from './database-refusal.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.js';
export { changeIovMode, claimIovMode } from './iov-mode.js';
export { migrate } from './migrate.js';
export { type MigrationReport, type SkippedConstraint } from './migration-report.js';
export { type PoolOptions, postgresOptions } from './postgres-options.js';
export { schemaState, type SchemaState } from './schema-state.js';
export { waitForDatabase } from './wait-for-database.js';
export { constraintOf, type ConstraintName } from './constraint-of.js';
