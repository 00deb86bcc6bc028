/**
 * A reason not to start that only the operator can mend. Its message is one sentence, complete
 * and fit to be printed alone before exiting with a code other than 0.
 */
export class DatabaseRefusal extends Error {
  override name = 'DatabaseRefusal';
}
