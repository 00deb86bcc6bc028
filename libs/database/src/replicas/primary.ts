import { type Socket } from 'node:net';
import { ConnectionSockets } from '../connection-sockets.js';
import { type DatabaseConnection, type Log } from '../database-connection.js';
import { type Lag, PrimaryHistory } from './primary-history.js';
import { type ServerStatus, ServerWatch, type ServerWatcher } from './server-watch.js';

/**
 * The server that is written to. While it is gone nobody waits for it: what is under way fails, and
 * so does at once whatever comes.
 */
export class Primary implements ServerWatcher {
  private readonly sockets = new ConnectionSockets();
  private readonly watch: ServerWatch;
  private readonly history = new PrimaryHistory();
  private isMet = false;
  private isLost = false;
  private reason = '';

  constructor(
    connection: DatabaseConnection,
    private readonly log: Log,
  ) {
    this.watch = new ServerWatch(connection, this, this.sockets);
  }

  /** Where the sockets of all pools come from that lead to it on the way that is watched. */
  get stream(): () => Socket {
    return this.sockets.stream;
  }

  /** Whether it answers, as far as is known. */
  get reachable(): boolean {
    return !this.isLost;
  }

  start(): void {
    void this.watch.start();
  }

  stop(): void {
    this.watch.stop();
  }

  /** How far behind it a server is that has replayed up to a position. */
  lag(replayed: bigint): Lag {
    return this.history.lag(replayed, performance.now());
  }

  /** Whether a server that has been so far for a while must follow another. */
  excludes(replayed: bigint): boolean {
    return this.history.excludes(replayed);
  }

  heard({ follows, position }: ServerStatus): boolean {
    if (follows) {
      // Its name leads to a replica: a promotion is not complete, or the name will lead elsewhere.
      this.lose('it follows another server');
      return false;
    }
    this.isMet = true;
    if (this.isLost) {
      this.isLost = false;
      this.reason = '';
      this.history.restart();
      this.sockets.allow();
      this.log.info('The primary is back: what is written is taken again');
    }
    this.history.add(position, performance.now());
    return true;
  }

  lost(reason: string, gone: boolean): void {
    // A connection that ended is no more than that: the next one tells. And at the start of the service
    // others have reached it.
    if (gone && this.isMet) this.lose(reason);
  }

  /** For the operator. */
  report(): Record<string, unknown> {
    return {
      role: 'primary',
      state: this.isLost ? 'lost' : 'up',
      ...(this.reason === '' ? {} : { message: this.reason }),
    };
  }

  private lose(reason: string): void {
    this.reason = reason;
    if (this.isLost) return;
    this.isLost = true;
    this.sockets.refuse();
    this.log.warn(`The primary is lost (${reason}): what is to be written is refused`);
  }
}
