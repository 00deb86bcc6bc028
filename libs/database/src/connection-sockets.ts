import { Socket } from 'node:net';

/**
 * The sockets of pools to one server, those that are still connecting included: when it is found to be
 * gone, whoever waits for it need not wait any longer.
 */
export class ConnectionSockets {
  private readonly open = new Set<Socket>();
  private refusing = false;
  private readByClosed = 0;

  /** For the option `stream` of node-postgres. */
  readonly stream = (): Socket => {
    const socket = new Socket();
    this.open.add(socket);
    socket.once('close', () => {
      this.open.delete(socket);
      this.readByClosed += socket.bytesRead;
    });
    // It is told to connect first.
    if (this.refusing) setImmediate(() => socket.destroy(new Unreachable()));
    return socket;
  };

  /** How many bytes were read on all of them, those that are closed included. */
  get bytesRead(): number {
    let read = this.readByClosed;
    for (const socket of this.open) read += socket.bytesRead;
    return read;
  }

  /** Every statement under way fails, as does every attempt to connect. */
  cut(): void {
    for (const socket of this.open) socket.destroy(new Unreachable());
  }

  /** The same, for all that comes, until it is allowed again. */
  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  allow(): void {
    this.refusing = false;
  }
}

/** Reads as what the network says when a server is gone. */
class Unreachable extends Error {
  readonly code = 'EHOSTUNREACH';
  constructor() {
    super('the server does not answer any more');
  }
}
