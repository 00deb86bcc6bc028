export { type DatabaseConnection, type Log } from './database-connection.js';
export { DatabaseRefusal } from './database-refusal.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.js';
