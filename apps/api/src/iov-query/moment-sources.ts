import { setImmediate as turn } from 'node:timers/promises';
import { type PoolClient } from 'pg';
import { type IovMode, type Moment } from '#iov';
import { execute } from '../database/query.js';
import { noSuchTag } from '../global-tag/global-tag.service.js';
import { type HeldTag } from '../read-engine/held-tag.js';
import { type MomentSource } from './moment-states.js';
import { RESOLVE_TAG, RESOLVE_TAG_KEYS } from './resolve-tag.sql.js';
import { missingJson, resolvedJson } from './resolved-json.js';
import { type WindowRow, windowOfRow } from './window-row.js';

/** What is asked of each moment. */
interface Question {
  readonly tag: string;
  readonly payloadType: string | undefined;
  readonly mode: IovMode;
}

/** From a tag in memory; others have their turn after every few moments. */
export function heldMoments(
  { timeline, listNames }: HeldTag,
  { payloadType }: Question,
): MomentSource {
  return {
    atOnce: 16,
    async states(moments) {
      await turn();
      return moments.map((moment) => {
        const { payloads, window } = timeline.resolve(moment, payloadType);
        return { key: payloads.map(({ id }) => id).join(' '), window };
      });
    },
    async cores(moments) {
      await turn();
      return moments.map((moment) =>
        resolvedJson(timeline.resolve(moment, payloadType), listNames, payloadType),
      );
    },
  };
}

type KeyRow = WindowRow & { key: string };

/** By SQL. @throws Problem global-tag-not-found, when it is asked */
export function readMoments(client: PoolClient, question: Question): MomentSource {
  const { tag, payloadType, mode } = question;
  const ask = async <R extends object>(
    statement: typeof RESOLVE_TAG,
    moments: readonly Moment[],
  ) => {
    if (moments.length === 0) return [];
    const { rows } = await execute<R & { types: bigint }>(client, statement, [
      tag,
      moments.map(({ major }) => major),
      moments.map(({ minor }) => minor),
      mode === 'discrete',
      payloadType ?? null,
    ]);
    if (rows.length === 0) throw noSuchTag(tag);
    return rows;
  };
  return {
    atOnce: 64,
    async states(moments) {
      const rows = await ask<KeyRow>(RESOLVE_TAG_KEYS, moments);
      return rows.map((row) => ({ key: row.key, window: windowOfRow(row, mode) }));
    },
    async cores(moments) {
      const rows = await ask<{ body: string }>(RESOLVE_TAG, moments);
      return rows.map(({ types, body }) =>
        types === 0n && payloadType !== undefined ? missingJson(payloadType) : body,
      );
    },
  };
}
