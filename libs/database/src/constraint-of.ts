import { errorField } from '#problems';
import { errorCode } from './system-error.js';

/** The constraints by the names we give them; a Nopayloaddb has named its own otherwise. */
export type ConstraintName =
  | 'global_tag_status_name_key'
  | 'global_tag_name_key'
  | 'payload_type_name_key'
  | 'payload_list_name_key'
  | 'payload_list_one_per_type_uq'
  | 'payload_iov_interval_ck'
  | 'global_tag_status_fk'
  | 'payload_list_global_tag_fk'
  | 'payload_list_payload_type_fk'
  | 'payload_iov_payload_list_fk';

interface Definition {
  code: string;
  table: string;
  column: string;
}

const UNIQUE = '23505';
const FOREIGN_KEY = '23503';

/** Django names a constraint after its table and column, with a hash between or behind. */
const DEFINITIONS: Partial<Record<ConstraintName, Definition>> = {
  global_tag_status_name_key: { code: UNIQUE, table: 'GlobalTagStatus', column: 'name' },
  global_tag_name_key: { code: UNIQUE, table: 'GlobalTag', column: 'name' },
  payload_type_name_key: { code: UNIQUE, table: 'PayloadType', column: 'name' },
  payload_list_name_key: { code: UNIQUE, table: 'PayloadList', column: 'name' },
  global_tag_status_fk: { code: FOREIGN_KEY, table: 'GlobalTag', column: 'status_id' },
  payload_list_global_tag_fk: {
    code: FOREIGN_KEY,
    table: 'PayloadList',
    column: 'global_tag_id',
  },
  payload_list_payload_type_fk: {
    code: FOREIGN_KEY,
    table: 'PayloadList',
    column: 'payload_type_id',
  },
  payload_iov_payload_list_fk: {
    code: FOREIGN_KEY,
    table: 'PayloadIOV',
    column: 'payload_list_id',
  },
};

const OURS = new Set<string>([
  ...Object.keys(DEFINITIONS),
  'payload_list_one_per_type_uq',
  'payload_iov_interval_ck',
]);

/**
 * Which of our constraints a statement has broken, whoever made it, Tempora or the Nopayloaddb
 * whose database was adopted; `undefined` for any other error.
 *
 * For a foreign key the table is the one that refers: the error is the same whether a row refers to
 * nothing or a row that is referred to was deleted.
 *
 * @param error what TypeORM or node-postgres has thrown
 */
export function constraintOf(error: unknown): ConstraintName | undefined {
  const constraint = errorField(error, 'constraint');
  if (constraint === undefined) return undefined;
  if (OURS.has(constraint)) return constraint as ConstraintName;
  const table = errorField(error, 'table');
  const code = errorCode(error);
  for (const [name, definition] of Object.entries(DEFINITIONS)) {
    if (
      definition.code === code &&
      definition.table === table &&
      constraint.startsWith(`${table}_${definition.column}_`)
    ) {
      return name as ConstraintName;
    }
  }
  return undefined;
}
