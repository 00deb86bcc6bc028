/** One kind of problem: its stable code is the key in the catalogue. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and what the one who asked can do about it. */
  readonly meaning: string;
}

/** Every problem the service can answer with. Codes never change their meaning. */
export const CATALOGUE = {
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    meaning: 'A field or parameter is missing or out of range; `errors` names each one.',
  },
  'malformed-body': {
    status: 400,
    title: 'The body cannot be read',
    meaning: 'The body is not JSON, or not the JSON that was announced.',
  },
  'malformed-request': {
    status: 400,
    title: 'This is no request',
    meaning: 'What came is not HTTP/1.1, or lacks what every request of it has.',
  },
  'invalid-interval': {
    status: 400,
    title: 'The interval of validity is not valid',
    meaning:
      'The end must come after the start (in discrete mode it may equal the start), both parts from 0 to 2^63-1.',
  },
  unauthenticated: {
    status: 401,
    title: 'Who asks is not known',
    meaning:
      'A token is needed, or the one that came is not good: `detail` and `WWW-Authenticate` say why.',
  },
  forbidden: {
    status: 403,
    title: 'A right is missing',
    meaning:
      'The token is good, but does not give the right that `detail` names for the object there.',
  },
  'route-not-found': {
    status: 404,
    title: 'Nothing is served here',
    meaning: 'No such path, or not with this method.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The path has other methods',
    meaning: 'The header `Allow` names them. The drop-in protocol says 404 instead.',
  },
  'global-tag-not-found': {
    status: 404,
    title: 'The global tag does not exist',
    meaning: 'No global tag has this name.',
  },
  'status-not-found': {
    status: 404,
    title: 'The status does not exist',
    meaning: 'The statuses are unlocked, locked and frozen, and what `gtstatus` adds.',
  },
  'payload-type-not-found': {
    status: 404,
    title: 'The payload type does not exist',
    meaning: 'No payload type has this name; create it first.',
  },
  'payload-list-not-found': {
    status: 404,
    title: 'The payload list does not exist',
    meaning: 'No payload list has this name or number, or it is not attached to this global tag.',
  },
  'payload-not-found': {
    status: 404,
    title: 'The payload does not exist',
    meaning: 'No payload has this number, or none has exactly this interval.',
  },
  'setting-not-found': {
    status: 404,
    title: 'The setting does not exist',
    meaning: 'Only settings that start with CDB_ and are no secret are shown.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    meaning: 'It must be there within CDB_REQUEST_TIMEOUT_S, its headers within 30 seconds.',
  },
  'global-tag-exists': {
    status: 409,
    title: 'The global tag exists already',
    meaning: 'Names of global tags are unique; choose another.',
  },
  'status-exists': {
    status: 409,
    title: 'The status exists already',
    meaning: 'Names of statuses are unique.',
  },
  'payload-type-exists': {
    status: 409,
    title: 'The payload type exists already',
    meaning: 'Names of payload types are unique; it can be used as it is.',
  },
  'payload-list-exists': {
    status: 409,
    title: 'The payload list exists already',
    meaning: 'Names of payload lists are unique.',
  },
  'global-tag-locked': {
    status: 409,
    title: 'The global tag is locked',
    meaning: 'A locked global tag is append-only: nothing that answers today may change.',
  },
  'global-tag-frozen': {
    status: 409,
    title: 'The global tag is frozen',
    meaning: 'A frozen global tag never changes; clone it to go on.',
  },
  'thaw-not-allowed': {
    status: 409,
    title: 'The global tag stays frozen',
    meaning: 'Frozen is final, unless the operator sets CDB_ALLOW_THAW=true.',
  },
  'interval-conflict': {
    status: 409,
    title: 'The interval is taken',
    meaning:
      'The global tag is locked and a payload is already valid in this interval; both are named.',
  },
  'iov-mode-differs': {
    status: 409,
    title: 'The intervals mean something else there',
    meaning:
      'A file of a server with another CDB_IOV_MODE: the ends of its intervals are read otherwise.',
  },
  'payload-attached': {
    status: 409,
    title: 'The payload is in another list',
    meaning: 'A payload belongs to one list at a time.',
  },
  'type-attached': {
    status: 409,
    title: 'The global tag has a list of this type',
    meaning: 'A global tag has at most one list of each payload type.',
  },
  'payload-type-in-use': {
    status: 409,
    title: 'The payload type is in use',
    meaning: 'Payload lists of this type exist; delete them first.',
  },
  'payload-list-not-empty': {
    status: 409,
    title: 'The payload list is not empty',
    meaning: 'Payloads are in this list; delete them first.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    meaning: 'Send it in smaller pieces; the limits are CDB_MAX_BODY_MB and a million values.',
  },
  'url-too-long': {
    status: 414,
    title: 'The URL is too long',
    meaning: 'No question of this service needs so long a path and query.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not JSON',
    meaning: 'Send `Content-Type: application/json`.',
  },
  'expectation-failed': {
    status: 417,
    title: 'The expectation cannot be met',
    meaning: 'Only `Expect: 100-continue` can be.',
  },
  'statement-too-long': {
    status: 422,
    title: 'The request takes too long',
    meaning:
      'The database worked on one step of it for longer than CDB_STATEMENT_TIMEOUT_S, and gave up; ' +
      'nothing was changed. Ask for less at once.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests from one client',
    meaning: 'The limit is CDB_RATE_LIMIT_PER_MINUTE. Try again after `Retry-After`.',
  },
  'too-many-connections': {
    status: 429,
    title: 'Too many clients are connected',
    meaning: 'The limit is CDB_MAX_CONNECTIONS. Try again after `Retry-After`.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    meaning: 'The limit is CDB_MAX_HEADER_KB.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong here',
    meaning: 'A defect of the service; the log has the details under the request id.',
  },
  'database-unavailable': {
    status: 503,
    title: 'The database does not answer',
    meaning:
      'Temporary. Nothing was changed, unless `detail` says that it may have been. Try again after `Retry-After`.',
  },
  'not-migrated': {
    status: 503,
    title: 'The database is not migrated yet',
    meaning: 'Temporary: the operator has still to run the migration of this version.',
  },
  overloaded: {
    status: 503,
    title: 'Too much to do at once',
    meaning: 'Temporary. Try again after `Retry-After`.',
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The token cannot be checked',
    meaning: 'Temporary: the keys of its issuer cannot be had. Try again after `Retry-After`.',
  },
  'not-in-time': {
    status: 504,
    title: 'No answer in time',
    meaning: 'What `timeout` of the drop-in protocol answers, on purpose.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof CATALOGUE;
