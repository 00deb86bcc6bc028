import {
  type Action,
  describeObject,
  type Identity,
  type PermissionObject,
  type Policy,
} from '#auth';
import { type AuthConfig } from '#config';
import { Problem } from '#problems';
import { challenge } from './challenge.js';

/** The one place that decides who may do what, for both protocols. */
export class Permissions {
  constructor(
    private readonly config: Pick<AuthConfig, 'enforced' | 'readsNeedToken'>,
    private readonly policy: Policy,
  ) {}

  /** Whose rules decide; null where everybody may do everything. */
  get policyName(): string | null {
    return this.config.enforced ? this.policy.name : null;
  }

  may(identity: Identity | null, action: Action, object: PermissionObject): boolean {
    return this.missing(identity, action, object) === undefined;
  }

  /** @throws Problem unauthenticated, forbidden naming the missing right and the object */
  demand(identity: Identity | null, action: Action, object: PermissionObject): void {
    const missing = this.missing(identity, action, object);
    if (missing === undefined) return;
    if (missing === NO_TOKEN) throw unauthenticated();
    throw new Problem(
      'forbidden',
      `The right to ${action} is missing for ${describeObject(object)}: it takes ${missing}.`,
      [],
      { challenge: challenge('insufficient_scope', `The right to ${action} is missing.`) },
    );
  }

  private missing(
    identity: Identity | null,
    action: Action,
    object: PermissionObject,
  ): string | typeof NO_TOKEN | undefined {
    const { enforced, readsNeedToken } = this.config;
    if (!enforced || (action === 'read' && !readsNeedToken)) return undefined;
    if (identity === null) return NO_TOKEN;
    const decision = this.policy.decide({ ...object, identity, action });
    return decision === true ? undefined : decision;
  }
}

const NO_TOKEN = Symbol('no token');

/** What is told to whoever shows no token where one is needed. */
export function unauthenticated(): Problem {
  return new Problem(
    'unauthenticated',
    'Authentication credentials were not provided: send the header Authorization: Bearer <token>.',
    [],
    { challenge: challenge() },
  );
}
