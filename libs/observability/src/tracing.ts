import { type IncomingHttpHeaders } from 'node:http';

/** Spans of what is done, sent to whoever collects them. */
export interface Tracing {
  /** Begins the span of a request, under that of the client if it has sent `traceparent`. */
  request(method: string, headers: IncomingHttpHeaders, requestId: string): RequestSpan;
  /** Does the work inside a span, if it is done for a request. */
  query<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Sends what is left, as long as that takes no more than two seconds. */
  stop(): Promise<void>;
}

export interface RequestSpan {
  /** What is begun inside belongs to the request. */
  within(work: () => void): void;
  /** @param route the pattern @param status undefined: the client went before the answer was sent */
  end(route: string, status: number | undefined): void;
}

export interface TracingOptions {
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Told that spans cannot be sent, once a minute at most. */
  readonly warn: (message: string) => void;
}
