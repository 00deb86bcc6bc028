/** What can be done. */
export const ACTIONS = [
  'read',
  'create',
  'describe',
  'insert',
  'attach',
  'replace',
  'detach',
  'delete',
  'lock',
  'unlock',
  'freeze',
  'thaw',
  'clone',
] as const;

export type Action = (typeof ACTIONS)[number];

/** What it is done to. */
export interface PermissionObject {
  readonly kind:
    | 'global-tag'
    | 'payload-type'
    | 'payload-list'
    | 'payload'
    | 'status'
    /** All that can be read, whatever tag it is in. */
    | 'everything';
  /** The global tag itself, or the one it is in; null where it is in none. */
  readonly globalTag: string | null;
  /** The payload type itself, or the one of the list or payload; null where it has none. */
  readonly payloadType: string | null;
  /** Its own name: of the tag, type, list or status; of a payload its URL. */
  readonly name: string;
}

export const EVERYTHING: PermissionObject = {
  kind: 'everything',
  globalTag: null,
  payloadType: null,
  name: '',
};

export function globalTag(name: string): PermissionObject {
  return { kind: 'global-tag', globalTag: name, payloadType: null, name };
}

export function payloadType(name: string): PermissionObject {
  return { kind: 'payload-type', globalTag: null, payloadType: name, name };
}

/** A list, in a tag or detached; one that is not made yet has its type for a name. */
export function payloadList(
  name: string,
  type: string,
  tag: string | null = null,
): PermissionObject {
  return { kind: 'payload-list', globalTag: tag, payloadType: type, name };
}

/** Where payloads of a type are, whatever the list of that type is called. */
export function typeInTag(type: string, tag: string): PermissionObject {
  return { kind: 'payload-list', globalTag: tag, payloadType: type, name: type };
}

/** A payload that is in no list. */
export function detachedPayload(url: string): PermissionObject {
  return { kind: 'payload', globalTag: null, payloadType: null, name: url };
}

export function status(name: string): PermissionObject {
  return { kind: 'status', globalTag: null, payloadType: null, name };
}

/** In words, as a sentence about a missing right names it. */
export function describeObject(object: PermissionObject): string {
  const { kind, globalTag: tag, payloadType: type, name } = object;
  if (kind === 'everything') return 'everything';
  if (kind === 'global-tag') return `the global tag "${name}"`;
  if (kind === 'payload-type') return `the payload type "${name}"`;
  if (kind === 'status') return `the status "${name}"`;
  if (tag !== null) return `the payload type "${String(type)}" in the global tag "${tag}"`;
  if (kind === 'payload-list' && name === type) return `a payload list of the type "${name}"`;
  return `the ${kind === 'payload' ? 'payload' : 'payload list'} "${name}", which is in no global tag`;
}
