import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type Config } from '#config';
import { CONFIG } from '../config.token.js';
import { Reads } from '../database/reads.js';
import { Streams } from '../database/streams.js';
import { noSuchTag } from '../global-tag/global-tag.service.js';
import { GLOBAL_TAG_ID } from '../global-tag/global-tag.sql.js';
import { startedStream } from '../http/started-stream.js';
import { type MaybeStale } from '../http/versioned-answer.js';
import { type HeldTag } from '../read-engine/held-tag.js';
import { Timelines } from '../read-engine/timelines.js';
import { PAYLOADS_BETWEEN } from './between.sql.js';
import { KnownPayloadTypes } from './known-payload-types.js';
import {
  type BetweenRow,
  betweenValues,
  type EffectiveLine,
  heldBetween,
  lineOfRow,
  type RangeQuestion,
  readBetween,
} from './payloads-between.js';

/** Rows that are sent at once; others have their turn between. */
const ROWS_AT_ONCE = 250;

/** Which payloads of a tag answer somewhere in a range, and where in it. */
@Injectable()
export class BetweenService {
  constructor(
    private readonly timelines: Timelines,
    private readonly reads: Reads,
    private readonly streams: Streams,
    private readonly payloadTypes: KnownPayloadTypes,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The first few, and whether there are more.
   * @throws Problem global-tag-not-found, payload-type-not-found
   */
  async page(
    question: RangeQuestion,
    size: number,
  ): Promise<MaybeStale<{ lines: EffectiveLine[]; more: boolean }>> {
    const stale = this.timelines.stranded(question.tag);
    const held = stale?.shown ?? (await this.held(question));
    const lines =
      held === undefined
        ? await this.readPage(question, size + 1)
        : firstOf(heldBetween(held, question), size + 1);
    const shown = { lines: lines.slice(0, size), more: lines.length > size };
    return { shown, staleMs: stale?.staleMs };
  }

  /**
   * All of them, one JSON object a line, read as they are sent.
   * @throws Problem global-tag-not-found, payload-type-not-found
   */
  async stream(question: RangeQuestion): Promise<MaybeStale<Readable>> {
    const stale = this.timelines.stranded(question.tag);
    const held = stale?.shown ?? (await this.held(question));
    const mode = this.config.iovMode;
    const pieces =
      held === undefined
        ? this.streams.snapshot((client) =>
            written(readBetween(client, question, mode, ROWS_AT_ONCE)),
          )
        : written(inTurns(heldBetween(held, question)));
    const shown = (await startedStream(pieces)) ?? Readable.from([]);
    return { shown, staleMs: stale?.staleMs };
  }

  /** The tag in memory; undefined if SQL is to be asked. */
  private async held({ tag, payloadType }: RangeQuestion): Promise<HeldTag | undefined> {
    const held = this.timelines.current(tag) ?? (await this.timelines.soon(tag));
    if (held === undefined && (await this.reads.row(GLOBAL_TAG_ID, [tag])) === undefined) {
      throw noSuchTag(tag);
    }
    await this.payloadTypes.refuseUnknown(payloadType);
    return held;
  }

  private async readPage(question: RangeQuestion, size: number): Promise<EffectiveLine[]> {
    const mode = this.config.iovMode;
    const rows = await this.reads.rows<BetweenRow>(
      PAYLOADS_BETWEEN,
      betweenValues(question, mode, size),
    );
    return rows.map((row) => lineOfRow(row, mode));
  }
}

function firstOf(lines: Iterable<EffectiveLine>, count: number): EffectiveLine[] {
  const first: EffectiveLine[] = [];
  for (const line of lines) if (first.push(line) === count) break;
  return first;
}

async function* inTurns(lines: Iterable<EffectiveLine>): AsyncGenerator<EffectiveLine[]> {
  let some: EffectiveLine[] = [];
  for (const line of lines) {
    some.push(line);
    if (some.length < ROWS_AT_ONCE) continue;
    yield some;
    some = [];
    await turn();
  }
  if (some.length > 0) yield some;
}

async function* written(pieces: AsyncIterable<EffectiveLine[]>): AsyncGenerator<string> {
  for await (const lines of pieces) yield `${lines.map(({ text }) => text).join('\n')}\n`;
}
