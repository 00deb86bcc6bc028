import { type DatabaseConnection, type Log } from '../database-connection.js';
import { PrimaryHistory } from './primary-history.js';
import { ReadFloor } from './read-floor.js';
import { type Lane, type Need, type ReplicaPoolOptions } from './replica-connections.js';
import { type Lease, Replica, type ReplicaMeasures } from './replica.js';
import { type PrimaryPosition } from './wal-position.js';

/** Behind by more than this a replica is not asked. */
export type MaxLag = { readonly ms: number } | { readonly bytes: number };

export interface ReadServersOptions extends ReplicaPoolOptions {
  readonly replicas: readonly DatabaseConnection[];
  readonly maxLag: MaxLag;
  readonly log: Log;
}

/** Connects to the primary. */
export type PrimaryLender = () => Promise<Lease>;

/** Who answers questions: replicas that know all that this process knows of, else the primary. */
export class ReadServers {
  private readonly replicas: readonly Replica[];
  private readonly floor = new ReadFloor();
  private readonly history = new PrimaryHistory();
  private primaryHeard = false;
  private turn = 0;

  constructor({ replicas, maxLag, log, ...pool }: ReadServersOptions) {
    this.replicas = replicas.map(
      (connection) =>
        new Replica(connection, {
          ...pool,
          log,
          lag: (replayed) => {
            const lag = this.history.lag(replayed, performance.now());
            const over = 'ms' in maxLag ? lag.ms > maxLag.ms : lag.bytes > BigInt(maxLag.bytes);
            // Of a primary that is gone nobody can have more.
            return { ...lag, tooMuch: over && this.primaryHeard };
          },
        }),
    );
  }

  /** Whether there is any choice. */
  get any(): boolean {
    return this.replicas.length > 0;
  }

  start(): void {
    for (const replica of this.replicas) replica.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
  }

  /** Something was committed: who has not replayed it is not asked. */
  raise(ask: () => Promise<PrimaryPosition | undefined>): void {
    if (this.any) this.floor.raise(ask);
  }

  /** The primary told how far it is. */
  reached({ flushed }: PrimaryPosition): void {
    this.history.add(flushed, performance.now());
    this.floor.retry();
  }

  /** The primary is there, maybe another than before. */
  primaryFound(position: PrimaryPosition): void {
    this.primaryHeard = true;
    this.floor.restart(position);
    this.history.restart();
    this.reached(position);
  }

  primaryLost(): void {
    this.primaryHeard = false;
  }

  /**
   * Connections to try one after another, as long as the one before is lost: of replicas, the least
   * busy first, of the primary, and while that is not heard of any replica that has replayed all it
   * received. Streams try a primary that is heard first: a replica would cancel a long snapshot, or stop replaying
   * for it. Each is to be released before the next is taken.
   * @throws Problem overloaded, and what `primary` throws if nobody else is left
   */
  async *leases(lane: Lane, primary: PrimaryLender): AsyncGenerator<Lease, void, undefined> {
    const primaryFirst = lane === 'streams' && this.primaryHeard;
    if (!primaryFirst) yield* this.ofCurrentReplicas(lane);
    let failure: Error | undefined;
    try {
      yield await primary();
    } catch (error) {
      if (this.primaryHeard) throw error;
      failure = error as Error;
    }
    if (primaryFirst) yield* this.ofCurrentReplicas(lane);
    // As long as it is heard, only it may know the newest.
    if (!this.primaryHeard) yield* this.ofReplicas(lane, 'received');
    if (failure !== undefined) throw failure;
  }

  /** State by server, for the operator. */
  report(): Record<string, Record<string, unknown>> {
    return Object.fromEntries(this.replicas.map((replica) => [replica.name, replica.report()]));
  }

  get measures(): ReplicaMeasures[] {
    return this.replicas.map(({ measures }) => measures);
  }

  /** Whether the primary tells what changes. */
  get primaryIsHeard(): boolean {
    return this.primaryHeard;
  }

  get allUp(): boolean {
    return this.replicas.every(({ state }) => state === 'up');
  }

  /** Whether a replica can be asked. */
  get anyUp(): boolean {
    return this.replicas.some(({ state }) => state === 'up');
  }

  private async *ofCurrentReplicas(lane: Lane): AsyncGenerator<Lease, void, undefined> {
    const { position } = this.floor;
    if (position !== undefined) yield* this.ofReplicas(lane, position);
  }

  private async *ofReplicas(lane: Lane, need: Need): AsyncGenerator<Lease, void, undefined> {
    const tried = new Set<Replica>();
    for (;;) {
      const next = this.leastBusy(lane, need, tried);
      if (next === undefined) return;
      tried.add(next);
      const lease = await next.lend(lane, need);
      if (lease !== undefined) yield lease;
    }
  }

  /** Equals take turns. */
  private leastBusy(lane: Lane, need: Need, tried: ReadonlySet<Replica>): Replica | undefined {
    const { length } = this.replicas;
    const first = this.turn++ % Math.max(length, 1);
    let best: Replica | undefined;
    for (let i = 0; i < length; i++) {
      const replica = this.replicas[(first + i) % length];
      if (replica === undefined || tried.has(replica)) continue;
      if (need === 'received' ? replica.state !== 'up' : !replica.usable) continue;
      if (best === undefined || replica.use(lane) < best.use(lane)) best = replica;
    }
    return best;
  }
}
