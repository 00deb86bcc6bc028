import { integer, nullable, object, type Shaped, text } from '../http/shape.js';
import { EndShape, endText, momentText, MomentShape } from '../moment-text.js';
import { type Column } from '../terminal/table.js';

const fields = {
  id: integer,
  payload_url: text,
  checksum: text,
  size: nullable(integer),
  revision: nullable(text),
  from: MomentShape,
  until: EndShape,
};

/** A payload that answers somewhere. */
export const ResolvedPayload = object(fields);

/** Any payload, detached ones too. */
export const Payload = object({
  ...fields,
  payload_type: nullable(text),
  payload_list: nullable(text),
  global_tag: nullable(text),
  inserted: text,
});

/** What every table of payloads ends with. */
export const PAYLOAD_COLUMNS: readonly Column<Shaped<typeof ResolvedPayload>>[] = [
  { title: 'from', align: 'right', cell: ({ from }) => momentText(from) },
  { title: 'until', align: 'right', cell: ({ until }) => endText(until) },
  { title: 'id', align: 'right', cell: ({ id }) => String(id) },
  { title: 'size', align: 'right', cell: ({ size }) => (size === null ? '' : String(size)) },
  { title: 'checksum', shrinks: true, cell: ({ checksum }) => checksum },
  { title: 'payload', cell: ({ payload_url }) => payload_url },
];
