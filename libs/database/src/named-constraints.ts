/** A unique index of ours; not made where the columns are unique already, whoever saw to it. */
export interface UniqueConstraint {
  name: string;
  table: string;
  columns: string[];
  promise: string;
}

export interface CheckConstraint {
  name: string;
  table: string;
  condition: string;
  promise: string;
}

export interface NamedIndex {
  name: string;
  table: string;
  keys: string;
}

export const UNIQUE_CONSTRAINTS: UniqueConstraint[] = [
  unique('global_tag_status_name_key', 'GlobalTagStatus', ['name'], 'one status per name'),
  unique('global_tag_name_key', 'GlobalTag', ['name'], 'one global tag per name'),
  unique('payload_type_name_key', 'PayloadType', ['name'], 'one payload type per name'),
  unique('payload_list_name_key', 'PayloadList', ['name'], 'one payload list per name'),
  unique(
    'payload_list_one_per_type_uq',
    'PayloadList',
    ['global_tag_id', 'payload_type_id'],
    'one payload list per payload type in a global tag',
  ),
];

export const CHECK_CONSTRAINTS: CheckConstraint[] = [
  {
    name: 'payload_iov_interval_ck',
    table: 'PayloadIOV',
    condition:
      'major_iov >= 0 AND minor_iov >= 0 AND (major_iov, minor_iov) <= (major_iov_end, minor_iov_end)',
    promise: 'an interval of validity starts at 0 or later and does not end before it starts',
  },
];

/**
 * The payload of a list that is effective at a moment is the first entry at or after
 * (list, moment) in this order; of several with one start the latest added comes first.
 */
export const RESOLVE_INDEX: NamedIndex = {
  name: 'payload_iov_resolve_idx',
  table: 'PayloadIOV',
  keys: 'payload_list_id, major_iov DESC, minor_iov DESC, id DESC',
};

function unique(name: string, table: string, columns: string[], promise: string): UniqueConstraint {
  return { name, table, columns, promise };
}
