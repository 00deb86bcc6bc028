import { choice, ConfigError, type Environment, flag, text } from './environment.js';

/** Traces are sent somewhere. Where, how many and as whose the library reads from `OTEL_…` itself. */
export interface TracingConfig {
  readonly protocol: (typeof PROTOCOLS)[number];
}

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

/** @returns null where nobody has said where to send them */
export function readTracing(env: Environment): TracingConfig | null {
  if (flag(env, 'OTEL_SDK_DISABLED', false)) return null;
  if (choice(env, 'OTEL_TRACES_EXPORTER', 'otlp', ['otlp', 'none']) === 'none') return null;
  const named = ENDPOINTS.find((name) => text(env, name) !== undefined);
  if (named === undefined) return null;
  const endpoint = text(env, named) ?? '';
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new ConfigError(`${named} must be a URL as http://collector.example.org:4318.`);
  }
  const forAll = choice(env, 'OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf', PROTOCOLS);
  return { protocol: choice(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', forAll, PROTOCOLS) };
}
