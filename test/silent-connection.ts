import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { type DatabaseConnection } from '#database';

/** A way to a database that can fall silent: connections stay open, and nothing passes any more. */
export class SilentConnection {
  private readonly sockets: Socket[] = [];
  private readonly server = createServer((client) => {
    const database = connect(this.connection.port, this.connection.host);
    this.sockets.push(client, database);
    client.pipe(database).pipe(client);
    for (const socket of [client, database]) socket.on('error', () => socket.destroy());
  });

  constructor(private readonly connection: DatabaseConnection) {}

  async open(): Promise<DatabaseConnection> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return {
      ...this.connection,
      host: '127.0.0.1',
      port: (this.server.address() as AddressInfo).port,
    };
  }

  /** From now on; who connects later gets no answer either. */
  fallSilent(): void {
    for (const socket of this.sockets) socket.unpipe();
    this.server.removeAllListeners('connection');
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}
