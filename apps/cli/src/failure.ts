import { type Ending } from './exit-codes.js';

/** Why a command ends without having done what it was asked, in a sentence for whoever typed it. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly ending: Ending,
    message: string,
    /** What a program can tell failures apart by: the `code` of the server's problem, if it sent one. */
    readonly code: string = ending,
    /** Further lines, such as one for each field that is wrong. */
    readonly remarks: readonly string[] = [],
  ) {
    super(message);
  }
}
