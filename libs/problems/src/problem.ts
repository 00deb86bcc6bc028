import { CATALOGUE, type ProblemCode, type ProblemKind } from './catalogue.js';

/** What is wrong with one field of a body or one parameter. */
export interface FieldError {
  /** Where: `payloads.3.from.major`, `page_size`. */
  readonly field: string;
  readonly message: string;
}

/** An expected refusal: its detail is a sentence for whoever asked. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** How to ask for it rightly, as the header `WWW-Authenticate` says it. */
  readonly challenge: string | undefined;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
    options: ErrorOptions & { challenge?: string } = {},
  ) {
    super(detail, options);
    this.challenge = options.challenge;
  }

  get kind(): ProblemKind {
    return CATALOGUE[this.code];
  }

  get status(): number {
    return this.kind.status;
  }
}
