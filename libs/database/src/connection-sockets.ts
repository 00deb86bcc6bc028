import { Socket } from 'node:net';

/**
 * The sockets of a pool, those that are still connecting included: when a server is found to be gone,
 * whoever waits for it need not wait any longer.
 */
export class ConnectionSockets {
  private readonly open = new Set<Socket>();

  /** For the option `stream` of node-postgres. */
  readonly stream = (): Socket => {
    const socket = new Socket();
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  };

  /** Every statement under way fails, as does every attempt to connect. */
  cut(): void {
    for (const socket of this.open) socket.destroy(new Unreachable());
  }
}

/** Reads as what the network says when a server is gone. */
class Unreachable extends Error {
  readonly code = 'EHOSTUNREACH';
  constructor() {
    super('the server does not answer any more');
  }
}
