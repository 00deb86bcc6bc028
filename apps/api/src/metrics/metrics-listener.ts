import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { HEAD, METRICS_PATH } from './serve-metrics.js';

/** Prometheus and a person or two. */
const MAX_CONNECTIONS = 100;
const REQUEST_MS = 10_000;

/** A server for nothing but the metrics, so that clients need not reach them. */
export class MetricsListener {
  private constructor(private readonly server: Server) {}

  /** @throws what the system says if it may not listen there */
  static async open(port: number, host: string, text: () => string): Promise<MetricsListener> {
    const server = createServer({ requestTimeout: REQUEST_MS }, ({ method, url }, response) => {
      const isMetrics = url?.split('?')[0] === METRICS_PATH;
      if (!isMetrics || (method !== 'GET' && method !== 'HEAD')) {
        const status = isMetrics ? 405 : 404;
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
        response.end(`Only GET ${METRICS_PATH} is answered here.\n`);
        return;
      }
      try {
        const body = text();
        response.writeHead(200, HEAD).end(body);
      } catch {
        // A defect ends a request, not the process.
        response.writeHead(500).end();
      }
    });
    server.maxConnections = MAX_CONNECTIONS;
    server.listen(port, host);
    await once(server, 'listening');
    return new MetricsListener(server);
  }

  get url(): string {
    const { address, family, port } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${METRICS_PATH}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
