import { constraintOf, type ConstraintName } from '#database';
import { Problem, type ProblemCode } from '#problems';

/** What each constraint of the database means to whoever ran into it. */
const MEANING: Readonly<Record<ConstraintName, readonly [ProblemCode, string]>> = {
  global_tag_status_name_key: ['status-exists', 'global tag status with this name already exists.'],
  global_tag_name_key: ['global-tag-exists', 'global tag with this name already exists.'],
  payload_type_name_key: ['payload-type-exists', 'payload type with this name already exists.'],
  payload_list_name_key: ['payload-list-exists', 'payload list with this name already exists.'],
  payload_list_one_per_type_uq: [
    'type-attached',
    'The global tag has a payload list of this type already.',
  ],
  payload_iov_interval_ck: ['invalid-interval', 'The end of the interval is before its start.'],
  global_tag_status_fk: ['status-not-found', 'The status does not exist any more.'],
  payload_list_global_tag_fk: ['global-tag-not-found', 'The global tag does not exist any more.'],
  payload_list_payload_type_fk: [
    'payload-type-in-use',
    'A payload list of this type was made meanwhile.',
  ],
  payload_iov_payload_list_fk: [
    'payload-list-not-found',
    'The payload list does not exist any more.',
  ],
};

/** The problem behind a constraint that a statement broke, or undefined for any other error. */
export function constraintProblem(error: unknown): Problem | undefined {
  const constraint = constraintOf(error);
  if (constraint === undefined) return undefined;
  const [code, message] = MEANING[constraint];
  const fields = constraint.endsWith('_name_key') ? [{ field: 'name', message }] : [];
  return new Problem(code, message, fields, { cause: error });
}
