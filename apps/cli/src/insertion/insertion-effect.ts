import { path } from '../http/api-path.js';
import { type ApiClient } from '../http/api-client.js';
import { count, flag, integer, list, nullable, object, type Shaped, text } from '../http/shape.js';
import { EndShape, intervalText, MomentShape } from '../moment-text.js';
import { type Column } from '../terminal/table.js';
import { Payload } from '../commands/payload.js';

const interval = { from: MomentShape, until: EndShape };

/** What an insertion changes, or would change. */
export const InsertionEffect = object({
  dry_run: flag,
  added: list(object({ ...interval, id: nullable(integer), payload_url: text, attached: flag })),
  detached: list(object({ ...interval, id: integer })),
  detached_count: count,
  trimmed: list(object({ id: integer, before: object(interval), now: object(interval) })),
  split: list(object({ ...interval, id: nullable(integer), of: nullable(integer) })),
});
export type InsertionEffect = Shaped<typeof InsertionEffect>;

/** One line of the table: what happens to a payload. */
export interface Change {
  readonly what: string;
  readonly id: bigint | null;
  readonly before: string;
  readonly now: string;
  readonly url: string;
}

export const CHANGE_COLUMNS: readonly Column<Change>[] = [
  { title: 'change', cell: ({ what }) => what },
  { title: 'id', align: 'right', cell: ({ id }) => (id === null ? '' : String(id)) },
  { title: 'valid before', cell: ({ before }) => before },
  { title: 'valid now', cell: ({ now }) => now },
  { title: 'payload', cell: ({ url }) => url },
];

/** Payloads that were there before and do not stay as they are. */
export function touchesOthers({ detached_count, trimmed, split }: InsertionEffect): number {
  const pieces = new Set(split.flatMap(({ of }) => (of === null ? [] : [of])));
  for (const { id } of trimmed) pieces.add(id);
  return detached_count + pieces.size;
}

/** Lines of one kind are not all shown where there are more. */
const MOST = 100;

/** The lines of the table, those that were there before with their URLs as far as they are few. */
export async function changesOf(effect: InsertionEffect, api: ApiClient): Promise<Change[]> {
  const others = [
    ...effect.trimmed.map(({ id }) => id),
    ...effect.detached.map(({ id }) => id),
    ...effect.split.flatMap(({ of }) => (of === null ? [] : [of])),
  ];
  const urls = await urlsOf([...new Set(others)].slice(0, MOST), api);
  const url = (id: bigint | null): string => (id === null ? '' : (urls.get(id) ?? ''));
  return [
    ...firstOf(
      effect.added.map((added) => ({
        what: added.attached ? 'added' : 'taken over',
        id: added.id,
        before: '',
        now: added.attached ? intervalText(added) : '',
        url: added.payload_url,
      })),
    ),
    ...firstOf(
      effect.trimmed.map(({ id, before, now }) => ({
        what: 'shortened',
        id,
        before: intervalText(before),
        now: intervalText(now),
        url: url(id),
      })),
    ),
    ...firstOf(
      effect.split.map((piece) => ({
        what: 'goes on',
        id: piece.id ?? piece.of,
        before: '',
        now: intervalText(piece),
        url: url(piece.of),
      })),
    ),
    ...firstOf(
      effect.detached.map((detached) => ({
        what: 'detached',
        id: detached.id,
        before: intervalText(detached),
        now: '',
        url: url(detached.id),
      })),
      effect.detached_count,
    ),
  ];
}

function firstOf(changes: readonly Change[], all = changes.length): Change[] {
  const shown = changes.slice(0, MOST);
  if (all <= shown.length) return shown;
  const more = { what: `… ${all - shown.length} more`, id: null, before: '', now: '', url: '' };
  return [...shown, more];
}

async function urlsOf(ids: readonly bigint[], api: ApiClient): Promise<Map<bigint, string>> {
  const urls = new Map<bigint, string>();
  for (const id of ids) urls.set(id, (await api.get(path`payloads/${id}`, Payload)).payload_url);
  return urls;
}

/** Whether both do the same to the payloads that were there before. */
export function sameForOthers(a: InsertionEffect, b: InsertionEffect): boolean {
  return othersText(a) === othersText(b);
}

function othersText({ detached, detached_count, trimmed, split }: InsertionEffect): string {
  return [
    String(detached_count),
    ...detached.map(({ id }) => String(id)),
    ...trimmed.map(({ id, before, now }) => `${id} ${intervalText(before)} ${intervalText(now)}`),
    ...split.map((piece) => intervalText(piece)),
  ].join('\n');
}
