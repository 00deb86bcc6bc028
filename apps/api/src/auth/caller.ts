import { type Action, type Identity, type PermissionObject } from '#auth';
import { type Permissions } from './permissions.js';

/** Where a request came from. */
export interface Origin {
  readonly protocol: 'native' | 'drop-in' | 'service';
  /** Of the client, or of the proxy it came through. */
  readonly address: string | null;
  readonly requestId: string | null;
}

/** Who asks for a change, and from where: handed down to the transaction that makes it. */
export class Caller {
  constructor(
    private readonly permissions: Pick<Permissions, 'demand'>,
    /** null where nobody is asked who they are. */
    readonly identity: Identity | null,
    readonly origin: Origin,
  ) {}

  /** @throws Problem unauthenticated, forbidden naming the missing right and the object */
  demand(action: Action, object: PermissionObject): void {
    this.permissions.demand(this.identity, action, object);
  }

  /** JSON, as the transaction carries it: the setting `tempora.actor` of PostgreSQL. */
  get actor(): string {
    return JSON.stringify({
      subject: this.identity?.subject ?? null,
      issuer: this.identity?.issuer ?? null,
      protocol: this.origin.protocol,
      address: this.origin.address,
      request_id: this.origin.requestId,
    });
  }
}

/** The service itself, as it loads the demo content. */
export const SERVICE = new Caller({ demand: () => undefined }, null, {
  protocol: 'service',
  address: null,
  requestId: null,
});
