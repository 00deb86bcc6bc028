import { integer, nullable, object, text } from '../http/shape.js';

/** A payload type as the server describes it. */
export const PayloadType = object({
  id: integer,
  name: text,
  description: nullable(text),
  created: text,
});
