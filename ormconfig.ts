import { DataSource } from 'typeorm';
import { ConfigError, readConfig } from '#config';
import { postgresOptions } from '#database';
import { ENTITIES } from './apps/api/src/entities.js';

const { primary, poolSize } = readConfig(process.env).database;

if (primary === null) {
  throw new ConfigError(
    'POSTGRES_HOST_W is not set: the embedded PostgreSQL runs only while Tempora does.',
  );
}

/**
 * For TypeORM's own command line, from the same environment as the service:
 * `npm run build && npx typeorm migration:show -d dist/ormconfig.js`. It is for looking only:
 * `npm run migrate` also adopts, repairs, and builds its indexes without blocking writers.
 */
export default new DataSource({
  ...postgresOptions(primary, { poolSize, applicationName: 'Tempora command line' }),
  entities: ENTITIES,
  logger: 'advanced-console',
});
