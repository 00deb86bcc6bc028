import { parseInt64 } from '#iov';
import { invalidRequest } from './validation.js';

/** What was seen last, after which a page begins: its moment, and its number. */
export type PageMark = readonly [major: bigint, minor: bigint, id: bigint];

/** @throws Problem invalid-request for what is no mark */
export function readMark(after: string): PageMark {
  const [major, minor, id, ...others] = after.split('.').map((part) => parseInt64(part));
  if (major !== undefined && minor !== undefined && id !== undefined && others.length === 0) {
    return [major, minor, id];
  }
  throw invalidRequest([{ field: 'after', message: 'Take it from `next` of the page before.' }]);
}

/** The path of the page after a mark, with all else that was asked. */
export function pathAfter(path: string, query: object, mark: readonly unknown[]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, string | bigint | undefined][]) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  parameters.set('after', mark.join('.'));
  return `${path}?${parameters.toString()}`;
}
