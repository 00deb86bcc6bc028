import { type Tracing, type TracingOptions } from './tracing.js';

/** What OpenTelemetry needs is loaded here and nowhere else: who does not want it has nothing of it. */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const { openTelemetry } = await import('./opentelemetry.js');
  return openTelemetry(options);
}
