import { type Readable, type Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type Out = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** All that the program sees of the world besides the server. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Effective user id; undefined where there is none, as on Windows. */
  readonly uid: number | undefined;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Out;
  readonly stderr: Out;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
