import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { type DatabaseConnection } from '#database';

/**
 * A way to a database that can fail: be cut, fall silent, or lead to another server. Its own address
 * stays the same.
 */
export class DatabaseLine {
  private readonly sockets = new Set<Socket>();
  /** What each client said first: who it is. */
  private readonly greetings = new Map<Socket, string>();
  private silentFor: string | undefined;
  private state: 'whole' | 'cut' | 'silent' = 'whole';
  private lateMs = 0;
  private readonly server = createServer((client) => {
    this.take(client);
  });

  private constructor(private target: DatabaseConnection) {}

  static async open(target: DatabaseConnection): Promise<DatabaseLine> {
    const line = new DatabaseLine(target);
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    return line;
  }

  /** The database as it is reached through this line. */
  get connection(): DatabaseConnection {
    const { port } = this.server.address() as AddressInfo;
    return { ...this.target, host: '127.0.0.1', port };
  }

  /** Who is connected is disconnected, and so is who connects later. */
  cut(): void {
    this.state = 'cut';
    this.disconnect();
  }

  /** Connections stay open, and nothing passes any more; who connects later gets no answer either. */
  fallSilent(): void {
    this.state = 'silent';
    for (const socket of this.sockets) socket.unpipe();
  }

  /** The same for the connections of one application: those to one of several servers behind a name. */
  fallSilentFor(application: string): void {
    this.silentFor = application;
    for (const client of this.greetings.keys()) this.silence(client);
  }

  /** The same, but who connects later gets through. */
  stall(application: string): void {
    this.fallSilentFor(application);
    this.silentFor = undefined;
  }

  /** What the database says to those who connect from now on takes so many milliseconds. */
  slowDown(milliseconds: number): void {
    this.lateMs = milliseconds;
  }

  /** Who connects from now on gets through. */
  mend(): void {
    this.state = 'whole';
    this.silentFor = undefined;
    this.disconnect();
  }

  /** Who connects from now on reaches another server. */
  turnTo(target: DatabaseConnection): void {
    this.target = target;
  }

  /** The same, and nobody stays with the one before. */
  leadTo(target: DatabaseConnection): void {
    this.turnTo(target);
    this.mend();
  }

  close(): void {
    this.disconnect();
    this.server.close();
  }

  private disconnect(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private take(client: Socket): void {
    this.watch(client);
    if (this.state === 'cut') client.destroy();
    if (this.state !== 'whole') return;
    const database = connect(this.target.port, this.target.host);
    this.watch(database);
    client.once('close', () => database.destroy());
    database.once('close', () => client.destroy());
    client.pipe(database);
    if (this.lateMs === 0) database.pipe(client);
    else database.on('data', (chunk) => setTimeout(() => client.write(chunk), this.lateMs));
    client.once('data', (greeting) => {
      this.greetings.set(client, greeting.toString());
      this.silence(client);
    });
  }

  private silence(client: Socket): void {
    const { silentFor } = this;
    if (silentFor === undefined) return;
    if (this.greetings.get(client)?.includes(`\0${silentFor}\0`) === true) client.unpipe().pause();
  }

  private watch(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.greetings.delete(socket);
    });
  }
}
