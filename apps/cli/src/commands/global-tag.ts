import { count, integer, nullable, object, text } from '../http/shape.js';

/** A global tag as the server describes it. */
export const GlobalTag = object({
  id: integer,
  name: text,
  author: nullable(text),
  description: nullable(text),
  status: text,
  payload_lists_count: count,
  payload_iov_count: count,
  created: text,
  updated: text,
});
