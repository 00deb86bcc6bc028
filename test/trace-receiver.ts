import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

/** Takes traces as a collector does (OTLP over HTTP). */
export class TraceReceiver {
  /** All that came, as it came. */
  readonly bodies: { readonly type: string | undefined; readonly bytes: Buffer }[] = [];

  private constructor(private readonly server: Server) {}

  static async open(): Promise<TraceReceiver> {
    const server = createServer();
    const receiver = new TraceReceiver(server);
    server.on('request', (request, response) => {
      void buffer(request).then((bytes) => {
        receiver.bodies.push({ type: request.headers['content-type'], bytes });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get text(): string {
    return this.bodies.map(({ bytes }) => bytes.toString('latin1')).join('\n');
  }

  /** Of what came as JSON. */
  get resource(): Record<string, unknown> {
    const [first] = this.exports.flatMap(({ resourceSpans }) => resourceSpans);
    return attributesOf(first?.resource.attributes ?? []);
  }

  /** The spans of a trace that came as JSON. */
  trace(id: string): (Omit<SentSpan, 'attributes'> & { attributes: Record<string, unknown> })[] {
    return this.exports
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ spans }) => spans)
      .filter(({ traceId }) => traceId === id)
      .map((span) => ({ ...span, attributes: attributesOf(span.attributes) }));
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private get exports(): Export[] {
    return this.bodies.map(({ bytes }) => JSON.parse(bytes.toString()) as Export);
  }
}

function attributesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
  );
}
