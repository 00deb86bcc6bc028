import { count, integer, nullable, object, type Shaped, text } from '../http/shape.js';

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

/** What is said of it to people. */
export function tagFields(tag: Shaped<typeof GlobalTag>): Record<string, string> {
  return {
    name: tag.name,
    status: tag.status,
    author: tag.author ?? '',
    description: tag.description ?? '',
    'payload types': String(tag.payload_lists_count),
    payloads: String(tag.payload_iov_count),
    created: tag.created,
    updated: tag.updated,
  };
}
