import { Problem } from '#problems';
import { type DatabaseConnection, type Log } from '../database-connection.js';
import { type Primary } from './primary.js';
import { type Ask, ReadFloor } from './read-floor.js';
import {
  type Lane,
  type Need,
  type Newest,
  type ReplicaPoolOptions,
} from './replica-connections.js';
import { type Lease, Replica, type ReplicaMeasures } from './replica.js';

/** Behind by more than this a replica is not asked. */
export type MaxLag = { readonly ms: number } | { readonly bytes: number };

export interface ReadServersOptions extends ReplicaPoolOptions {
  readonly primary: Primary;
  readonly replicas: readonly DatabaseConnection[];
  readonly maxLag: MaxLag;
  readonly log: Log;
}

/** Connects to the primary. */
export type PrimaryLender = () => Promise<Lease>;

/** Who answers questions: replicas that know all that this process knows of, else the primary. */
export class ReadServers {
  readonly primary: Primary;
  private readonly replicas: readonly Replica[];
  private readonly floor = new ReadFloor();
  private newest: Newest = { atLeast: 0n };
  private primaryHeard = false;
  private askPrimary: Ask = () => Promise.resolve(undefined);
  private turn = 0;

  constructor({ primary, replicas, maxLag, log, ...pool }: ReadServersOptions) {
    this.primary = primary;
    this.replicas = replicas.map(
      (connection) =>
        new Replica(connection, {
          ...pool,
          log,
          lag: (replayed) => {
            if (this.floor.reached(replayed) && this.primaryHeard) this.raise();
            const lag = primary.lag(replayed);
            const over = 'ms' in maxLag ? lag.ms > maxLag.ms : lag.bytes > BigInt(maxLag.bytes);
            // Of a primary that is gone nobody can have more.
            const tooMuch = over && primary.reachable;
            const elsewhere = this.floor.doubts(replayed) && primary.excludes(replayed);
            return { ...lag, tooMuch, elsewhere: elsewhere && this.primaryHeard };
          },
        }),
    );
  }

  /** Whether there is any choice. */
  get any(): boolean {
    return this.replicas.length > 0;
  }

  start(): void {
    this.primary.start();
    for (const replica of this.replicas) replica.start();
  }

  async stop(): Promise<void> {
    this.primary.stop();
    await Promise.all(this.replicas.map((replica) => replica.stop()));
  }

  /** @param ask how far the primary is, asked after the call; undefined if it does not tell */
  follow(ask: Ask): void {
    this.askPrimary = ask;
  }

  /** Something was committed: who has not replayed it is not asked. */
  raise(): void {
    if (this.any) this.floor.raise(this.askPrimary);
  }

  /** The primary has answered: it may answer what it did not before. */
  primaryAnswered(): void {
    this.floor.retry();
  }

  /** The primary is there, maybe another than before. Until it answers, only it is asked. */
  primaryFound(primary: string): void {
    this.primaryHeard = true;
    this.newest = { atLeast: 0n };
    this.floor.restart(primary, this.askPrimary);
  }

  primaryLost(): void {
    this.primaryHeard = false;
  }

  /**
   * Connections to try one after another, as long as the one before is lost: of replicas, the least
   * busy first, of the primary, and while that is not heard of a replica that has replayed all it
   * received, and of no other than received most. Streams try a primary that is heard first: a replica would cancel a long snapshot, or stop replaying
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
      if (error instanceof Problem) throw error;
      failure = error as Error;
    }
    if (primaryFirst) yield* this.ofCurrentReplicas(lane);
    // As long as it is there, only it may know the newest.
    if (this.primaryHeard) await this.askPrimary();
    if (!this.primaryHeard) yield* this.ofReplicas(lane, this.newest);
    else if (failure === undefined) yield await primary();
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

  /** Whether the primary does not answer, but a replica does. */
  get onlyReplicasAnswer(): boolean {
    const primaryAnswers = this.primaryHeard && this.primary.reachable;
    return !primaryAnswers && this.replicas.some(({ state }) => state === 'up');
  }

  private async *ofCurrentReplicas(lane: Lane): AsyncGenerator<Lease, void, undefined> {
    const { position } = this.floor;
    // One that is gone tells nobody that there is more.
    const isTold = this.primaryHeard || this.primary.reachable;
    if (position !== undefined && isTold) yield* this.ofReplicas(lane, position);
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

  /** Without a primary whoever is furthest. Equals take turns. */
  private leastBusy(lane: Lane, need: Need, tried: ReadonlySet<Replica>): Replica | undefined {
    const { length } = this.replicas;
    const first = this.turn++ % Math.max(length, 1);
    let best: Replica | undefined;
    for (let i = 0; i < length; i++) {
      const replica = this.replicas[(first + i) % length];
      if (replica === undefined || tried.has(replica)) continue;
      const isAway = typeof need !== 'bigint';
      if (isAway ? replica.state !== 'up' : !replica.usable) continue;
      const ahead = isAway && best !== undefined ? replica.position - best.position : 0n;
      const isBetter = best === undefined || replica.use(lane) < best.use(lane);
      if (ahead > 0n || (ahead === 0n && isBetter)) best = replica;
    }
    return best;
  }
}
