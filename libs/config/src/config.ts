import { totalmem } from 'node:os';
import { type AuthConfig, readAuth } from './auth.js';
import { type DatabaseAddress } from './database-address.js';
import { directAddress, primaryAddress, replicaAddresses } from './database-addresses.js';
import { ConfigError, type Environment, choice, flag, list, text, whole } from './environment.js';
import { isNetwork, isOrigin } from './network.js';
import { duration } from './duration.js';
import { type MaxReplicaLag, maxReplicaLag } from './replica-lag.js';
import { readTracing, type TracingConfig } from './tracing.js';

/** Everything the environment decides, parsed once; docs/configuration.md explains each. */
export interface Config {
  readonly http: {
    readonly host: string;
    /** 0 lets the system choose a free port. */
    readonly port: number;
    readonly maxBodyBytes: number;
    /** Where metrics are told, and nowhere else; null: where everything is. 0 as `port`. */
    readonly metricsPort: number | null;
    /** What the URL and the headers of a request may have together, bytes. */
    readonly maxHeaderBytes: number;
    /** How many clients may be connected at once. */
    readonly maxConnections: number;
    /** How many requests a minute each client may send; 0: as many as it likes. */
    readonly rateLimitPerMinute: number;
    /** Proxies whose word on the address of a client is taken: addresses, networks, names of networks. */
    readonly trustedProxies: readonly string[];
    /** Origins of pages in browsers that may ask; `*` is any. */
    readonly corsOrigins: readonly string[];
    /** How long a request may take to arrive, milliseconds. */
    readonly requestTimeoutMs: number;
    /** How long a client may take nothing of an answer that is streamed to it, milliseconds. */
    readonly streamStallMs: number;
    /** How long running requests may take to finish after SIGTERM, milliseconds. */
    readonly shutdownMs: number;
  };
  readonly database: {
    /** The primary of an existing server, or null for the embedded one. */
    readonly primary: DatabaseAddress | null;
    /** A way to the primary past a pooler, for what needs a session for longer than a transaction. */
    readonly direct: DatabaseAddress | null;
    /** Whether statements are prepared by name: where that works, always, or never. */
    readonly preparedStatements: (typeof PREPARED)[number];
    /** Servers that follow it, and may answer what is only read. */
    readonly replicas: readonly DatabaseAddress[];
    /** Who is further behind is not asked. */
    readonly maxReplicaLag: MaxReplicaLag;
    readonly dataDir: string;
    readonly migrate: boolean;
    /** Whether an empty database gets the demo content; undefined: the embedded one does. */
    readonly demo: boolean | undefined;
    readonly poolSize: number;
    /** How long a request may wait for a connection, milliseconds. */
    readonly poolWaitMs: number;
    /** How long the database may take to answer a question, milliseconds. */
    readonly readTimeoutMs: number;
    /** How long PostgreSQL may work on one statement of a request, milliseconds. */
    readonly statementTimeoutMs: number;
    /** From how many milliseconds on a statement of a request is logged; 0: none is. */
    readonly slowQueryMs: number;
    /** How many answers may be sent at once that are read from the database meanwhile. */
    readonly streams: number;
    /** How long to wait for a database that is still starting, milliseconds. */
    readonly waitMs: number;
  };
  readonly auth: AuthConfig;
  /** Memory that tags held in memory may take together, bytes; 0: none is held. */
  readonly timelineMemoryBytes: number;
  /** How long memory answers though no database does, milliseconds; 0: it does not. */
  readonly serveStaleMs: number;
  readonly iovMode: 'continuous' | 'discrete';
  readonly allowThaw: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** null: none. */
  readonly tracing: TracingConfig | null;
  /** Of which commit this program was built, or `unknown`. */
  readonly commit: string;
}

const MEGABYTE = 1024 * 1024;

const PREPARED = ['auto', 'on', 'off'] as const;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * Reads the environment.
 * @throws ConfigError naming the first variable that cannot be used.
 */
export function readConfig(env: Environment): Config {
  const primary = primaryAddress(env);
  return deepFreeze({
    http: {
      host: text(env, 'HOST') ?? '127.0.0.1',
      port: whole(env, 'PORT', 8000, { min: 0, max: 65_535 }),
      metricsPort: metricsPort(env),
      maxBodyBytes: whole(env, 'CDB_MAX_BODY_MB', 32, { min: 1, max: 1024 }) * 1024 * 1024,
      maxHeaderBytes: whole(env, 'CDB_MAX_HEADER_KB', 16, { min: 16, max: 1024 }) * 1024,
      maxConnections: whole(env, 'CDB_MAX_CONNECTIONS', 50_000, { min: 1, max: 1_000_000 }),
      rateLimitPerMinute: whole(env, 'CDB_RATE_LIMIT_PER_MINUTE', 0, { min: 0, max: 1_000_000 }),
      trustedProxies: list(
        env,
        'CDB_TRUSTED_PROXIES',
        isNetwork,
        'an address, a network as 10.0.0.0/8, or loopback, linklocal or uniquelocal',
      ),
      corsOrigins: list(
        env,
        'CDB_CORS_ORIGINS',
        isOrigin,
        'an origin as https://conditions.example.org, or *',
      ),
      requestTimeoutMs: whole(env, 'CDB_REQUEST_TIMEOUT_S', 300, { min: 1, max: 86_400 }) * 1000,
      streamStallMs: whole(env, 'CDB_STREAM_STALL_S', 60, { min: 1, max: 86_400 }) * 1000,
      shutdownMs: whole(env, 'CDB_SHUTDOWN_S', 10, { min: 0, max: 3600 }) * 1000,
    },
    database: {
      primary,
      direct: directAddress(env, primary),
      preparedStatements: choice(env, 'CDB_PREPARED_STATEMENTS', 'auto', PREPARED),
      replicas: replicaAddresses(env, primary),
      maxReplicaLag: maxReplicaLag(env),
      dataDir: text(env, 'CDB_DATA_DIR') ?? '.data',
      migrate: flag(env, 'CDB_MIGRATE', true),
      demo: text(env, 'CDB_DEMO') === undefined ? undefined : flag(env, 'CDB_DEMO', true),
      poolSize: whole(env, 'CDB_POOL_SIZE', 10, { min: 2, max: 1000 }),
      poolWaitMs: whole(env, 'CDB_POOL_WAIT_MS', 5_000, { min: 1, max: 600_000 }),
      readTimeoutMs: whole(env, 'CDB_READ_TIMEOUT_S', 30, { min: 1, max: 3600 }) * 1000,
      statementTimeoutMs:
        whole(env, 'CDB_STATEMENT_TIMEOUT_S', 600, { min: 1, max: 86_400 }) * 1000,
      slowQueryMs: whole(env, 'CDB_SLOW_QUERY_MS', 1_000, { min: 0, max: 86_400_000 }),
      streams: whole(env, 'CDB_STREAMS', 4, { min: 1, max: 1000 }),
      waitMs: whole(env, 'CDB_DATABASE_WAIT_S', 120, { min: 0, max: 86_400 }) * 1000,
    },
    auth: readAuth(env),
    timelineMemoryBytes:
      whole(env, 'CDB_TIMELINE_MEMORY_MB', defaultTimelineMegabytes(), { min: 0, max: 1_048_576 }) *
      MEGABYTE,
    serveStaleMs: duration(env, 'CDB_SERVE_STALE'),
    iovMode: choice(env, 'CDB_IOV_MODE', 'continuous', ['continuous', 'discrete']),
    allowThaw: flag(env, 'CDB_ALLOW_THAW', false),
    logLevel: choice(env, 'CDB_LOG_LEVEL', 'info', LOG_LEVELS),
    tracing: readTracing(env),
    commit: text(env, 'CDB_BUILD_COMMIT') ?? 'unknown',
  });
}

function metricsPort(env: Environment): number | null {
  if (text(env, 'CDB_METRICS_PORT') === undefined) return null;
  const range = { min: 0, max: 65_535 };
  const port = whole(env, 'CDB_METRICS_PORT', 0, range);
  if (port === 0 || port !== whole(env, 'PORT', 8000, range)) return port;
  throw new ConfigError(
    `CDB_METRICS_PORT and PORT are both ${port}: metrics are told on PORT if CDB_METRICS_PORT is not set.`,
  );
}

/** A quarter of what this process may use: of the container's limit, else of the machine. */
function defaultTimelineMegabytes(): number {
  const limit = process.constrainedMemory();
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  return Math.floor(memory / 4 / MEGABYTE);
}

function deepFreeze<T extends object>(tree: T): T {
  for (const value of Object.values(tree) as unknown[]) {
    if (typeof value === 'object' && value !== null) deepFreeze(value);
  }
  return Object.freeze(tree);
}
