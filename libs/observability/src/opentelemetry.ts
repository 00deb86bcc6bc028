import { setTimeout as pause } from 'node:timers/promises';
import {
  context,
  type Context,
  diag,
  DiagLogLevel,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { codeOf } from '#problems';
import { type RequestSpan, type Tracing, type TracingOptions } from './tracing.js';
import { VERSION } from './version.js';

/** How long the end of the process waits for a collector, milliseconds. */
const FLUSH_MS = 2_000;
/** Between two warnings, milliseconds. */
const WARN_AGAIN_MS = 60_000;

/** Reads `OTEL_…` of the environment for all that {@link TracingOptions} does not say. */
export function openTelemetry({ protocol, warn }: TracingOptions): Tracing {
  tellFailures(warn);
  const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'tempora', 'service.version': VERSION }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  const tracer = provider.getTracer('tempora', VERSION);
  return {
    request(method, headers, requestId) {
      const parent = propagation.extract(ROOT_CONTEXT, headers);
      const attributes = { 'http.request.method': method, 'tempora.request_id': requestId };
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
      return requestSpan(method, span, trace.setSpan(parent, span));
    },
    query: (name, work) =>
      trace.getActiveSpan() === undefined ? work() : query(tracer, name, work),
    async stop() {
      // A collector that is away is told of by `warn`.
      const flushed = provider.shutdown().catch(() => undefined);
      await Promise.race([flushed, pause(FLUSH_MS, undefined, { ref: false })]);
    },
  };
}

function requestSpan(method: string, span: Span, inside: Context): RequestSpan {
  return {
    within(work) {
      context.with(inside, work);
    },
    end(route, status) {
      span.updateName(`${method} ${route}`).setAttribute('http.route', route);
      if (status === undefined) span.setAttribute('error.type', 'aborted');
      else span.setAttribute('http.response.status_code', status);
      if (status === undefined || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

async function query<T>(tracer: Tracer, name: string, work: () => Promise<T>): Promise<T> {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name };
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
  try {
    return await work();
  } catch (error) {
    // What the database says may have values in it.
    span
      .setAttribute('error.type', codeOf(error) ?? '_OTHER')
      .setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function tellFailures(warn: (message: string) => void): void {
  let quietUntil = 0;
  const tell = (): void => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + WARN_AGAIN_MS;
    warn('Traces cannot be sent (OTEL_EXPORTER_OTLP_ENDPOINT): they are lost');
  };
  const nothing = (): void => undefined;
  diag.setLogger(
    { error: tell, warn: nothing, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
}
