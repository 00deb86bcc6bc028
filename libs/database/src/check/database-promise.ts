import { type IovMode } from '#iov';
import { type QueryRunner } from 'typeorm';
import { type Log } from '../database-connection.js';

/** What a database promises, and what there is to say of what does not keep it. */
interface Promised {
  readonly name: string;
  /** What is promised, as a sentence. */
  readonly sentence: string;
  /** Set where the rules allow it, and it is only told. */
  readonly legal?: true;
  /** What to do about it: a sentence, also where it can be repaired. */
  readonly advice: string;
}

/** Of each payload by itself. */
export interface PayloadPromise extends Promised {
  /** What breaks it: a condition on a row `p` of "PayloadIOV", joined with its list `l`. */
  readonly broken: (mode: IovMode) => string;
  /** What is set to mend a row; absent: nothing that is safe. */
  readonly repair?: string;
}

/** Of each payload in a list and the one that starts after it. */
export interface ListPromise extends Promised {
  /** A condition on a row `p` with `next_major` and `next_minor`, the next start, null after the last. */
  readonly broken: (mode: IovMode) => string;
}

/** What breaks a promise. */
export interface Broken {
  readonly count: number;
  /** The first of it, {@link EXAMPLES} at most. */
  readonly examples: readonly string[];
}

/** Of all the rest, which is not long. */
export interface StatePromise extends Promised {
  readonly find: (database: QueryRunner, mode: IovMode) => Promise<Broken>;
  /** Mends what is safe to mend; what is left is found again. */
  readonly repair?: (database: QueryRunner, log: Log) => Promise<void>;
  /** It can be asked of a database that no migration of ours has seen. */
  readonly beforeAdoption?: true;
}

export const EXAMPLES = 20;
