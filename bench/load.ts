import { type Moment, type Pattern } from './moments.js';

/** What the clients of a load ask for, one request after another. */
export type Requests =
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'moments';
      /** What precedes the query string. */
      readonly path: string;
      readonly tag: string;
      readonly pattern: Pattern | 'production';
    };

/** Clients that each keep one connection and ask again as soon as they are answered. */
export interface ReadLoad {
  readonly origin: Origin;
  readonly requests: Requests;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Every answer must have exactly this many bytes; unset where answers differ in length. */
  readonly exactBytes?: number;
  /** How many answers to moments to hand back for checking. */
  readonly samples?: number;
}

export interface Origin {
  readonly host: string;
  readonly port: number;
}

export interface ReadResult {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly bytesPerAnswer: number;
  /** Answers other than 200, of a wrong length, or cut off. */
  readonly errors: number;
  readonly firstError?: string;
  readonly samples: readonly Sample[];
  /** Share of one core that the load generator itself used. Near 1 it was what was measured. */
  readonly generatorCpu: number;
}

/** An answer to `payloadiovs/` as it came over the wire. */
export interface Sample {
  readonly moment: Moment;
  readonly body: string;
}

/** Clients that start all at once, ask two things each on a new connection, and leave. */
export interface HerdLoad {
  readonly origin: Origin;
  readonly clients: number;
  readonly first: string;
  readonly second: Requests;
}

export interface HerdResult {
  readonly answered: number;
  readonly failed: number;
  readonly firstError?: string;
  /** From the first connection to the last answer, in seconds. */
  readonly seconds: number;
  /** From a client's start to its second answer, in ms. */
  readonly p50: number;
  readonly p99: number;
}

/** One client that reads one long answer. */
export interface StreamLoad {
  readonly origin: Origin;
  readonly path: string;
  /** Whether it takes the answer compressed. */
  readonly gzip: boolean;
  /** What to count in the answer. */
  readonly needle: string;
}

export interface StreamResult {
  /** As they came over the wire, without the head. */
  readonly bytes: number;
  /** How often the needle was there. */
  readonly found: number;
  /** From the question to the head of the answer. */
  readonly firstByteMs: number;
  readonly seconds: number;
}

/** What the process of the load generator is told, and what it says. */
export type LoadOrder =
  { readonly read: ReadLoad } | { readonly herd: HerdLoad } | { readonly stream: StreamLoad };
export type LoadReport =
  | { readonly read: ReadResult }
  | { readonly herd: HerdResult }
  | { readonly stream: StreamResult }
  | { readonly failed: string };
