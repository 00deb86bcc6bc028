import { type Action, type PermissionObject } from './actions.js';
import { type Identity } from './identity.js';

/** May this person do this to that? */
export interface Question extends PermissionObject {
  readonly identity: Identity;
  readonly action: Action;
}

/**
 * Decides who may do what. It is asked inside the transaction that does it, while the rows are
 * locked: it answers at once, from what it is told and what it holds.
 */
export interface Policy {
  readonly name: string;
  /** @returns true, or what right is missing, in a few words for whoever asked */
  decide(question: Question): true | string;
}

/** Whoever has a good token may do everything. */
export const allowAll: Policy = { name: 'allow-all', decide: () => true };
