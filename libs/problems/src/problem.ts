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

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }

  get kind(): ProblemKind {
    return CATALOGUE[this.code];
  }

  get status(): number {
    return this.kind.status;
  }
}
