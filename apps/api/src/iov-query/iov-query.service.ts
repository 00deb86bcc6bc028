import { Inject, Injectable } from '@nestjs/common';
import { type Config } from '#config';
import { type Moment } from '#iov';
import { problemOf } from '#problems';
import { type Shape } from '#timeline';
import { CONFIG } from '../config.token.js';
import { Reads } from '../database/reads.js';
import { noSuchTag } from '../global-tag/global-tag.service.js';
import { type VersionedAnswer } from '../http/versioned-answer.js';
import { AnswerMemory } from '../read-engine/answer-memory.js';
import { type HeldTag } from '../read-engine/held-tag.js';
import { versionText } from '../read-engine/tag-version.js';
import { Timelines } from '../read-engine/timelines.js';
import { RESOLVE_OBJECTS, RESOLVE_ROWS } from './iov-query.sql.js';
import { RESOLVE_TAG } from './resolve-tag.sql.js';
import { KnownPayloadTypes } from './known-payload-types.js';
import { missingJson, momentJson, resolvedJson, windowJson } from './resolved-json.js';
import { type WindowRow, windowOfRow } from './window-row.js';

interface AnswerRow extends WindowRow {
  body: string;
  /** Tag, revision, mark, status; null for an unknown tag. */
  state: [string, string, string, string] | null;
}

type TypedAnswerRow = AnswerRow & { types: bigint };

/** Resolves: which payloads of a global tag are valid at a moment. It only reads. */
@Injectable()
export class IovQueryService {
  constructor(
    private readonly reads: Reads,
    private readonly timelines: Timelines,
    private readonly memory: AnswerMemory,
    private readonly payloadTypes: KnownPayloadTypes,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Per list of the tag the payload with the latest start at or before the moment, whatever its
   * end; an unknown tag has none. One JSON array, sorted by payload type.
   */
  async latest(tag: string, at: Moment, shape: Shape): Promise<VersionedAnswer> {
    const held = this.timelines.current(tag) ?? (await this.timelines.soon(tag));
    if (held !== undefined) return this.latestHeld(held, at, shape);
    const key = `${shape} ${at.major} ${at.minor} ${tag}`;
    const statement = shape === 'rows' ? RESOLVE_ROWS : RESOLVE_OBJECTS;
    const asking = this.memory.share(key, () =>
      this.reads.row<AnswerRow>(statement, [tag, at.major, at.minor]),
    );
    return this.orStale(
      tag,
      asking.then((row) => this.fromSql(row, row?.body ?? '[]', shape)),
      (stale) => this.latestHeld(stale, at, shape),
    );
  }

  /** The same if memory has it now. */
  ready(tag: string, at: Moment, shape: Shape): VersionedAnswer | undefined {
    const held = this.timelines.ready(tag);
    if (held !== undefined) return this.latestHeld(held, at, shape);
    const stale = this.timelines.stranded(tag);
    return stale && { ...this.latestHeld(stale.shown, at, shape), staleMs: stale.staleMs };
  }

  /**
   * The payloads that are valid at the moment, by payload type, and the types that have none.
   * @throws Problem global-tag-not-found, payload-type-not-found
   */
  async resolve(tag: string, at: Moment, payloadType?: string): Promise<VersionedAnswer> {
    const held = this.timelines.current(tag) ?? (await this.timelines.soon(tag));
    if (held === undefined) {
      const asking = this.resolveBySql(tag, at, payloadType);
      return this.orStale(tag, asking, (stale) => this.resolveHeld(stale, at, payloadType));
    }
    const types = held.timeline.resolve(at, payloadType);
    if (types.payloads.length + types.missing.length === 0)
      await this.payloadTypes.refuseUnknown(payloadType);
    return this.resolveHeld(held, at, payloadType);
  }

  private latestHeld(held: HeldTag, at: Moment, shape: Shape): VersionedAnswer {
    return this.fromMemory(held, held.answers.answer(held.timeline, at, shape), shape);
  }

  private resolveHeld(held: HeldTag, at: Moment, payloadType?: string): VersionedAnswer {
    const resolution = held.timeline.resolve(at, payloadType);
    const core = resolvedJson(resolution, held.listNames, payloadType);
    const { window } = resolution;
    const body = `${headJson(held.state.name, at)}${core},"window":${windowJson(window)}}`;
    return this.fromMemory(held, { body, window }, `at-${this.config.iovMode}`);
  }

  private async resolveBySql(
    tag: string,
    at: Moment,
    payloadType?: string,
  ): Promise<VersionedAnswer> {
    const { iovMode } = this.config;
    const what = `at-${iovMode}`;
    const key = `${what} ${at.major} ${at.minor} ${JSON.stringify([tag, payloadType])}`;
    const row = await this.memory.share(key, () =>
      this.reads.row<TypedAnswerRow>(RESOLVE_TAG, [
        tag,
        [at.major],
        [at.minor],
        iovMode === 'discrete',
        payloadType ?? null,
      ]),
    );
    if (row === undefined) throw noSuchTag(tag);
    if (row.types === 0n) await this.payloadTypes.refuseUnknown(payloadType);
    const core =
      row.types === 0n && payloadType !== undefined ? missingJson(payloadType) : row.body;
    const window = windowJson(windowOfRow(row, iovMode));
    return this.fromSql(row, `${headJson(tag, at)}${core},"window":${window}}`, what);
  }

  /** What is being asked, or if no database answers what memory holds, if that may be shown. */
  private async orStale(
    tag: string,
    asking: Promise<VersionedAnswer>,
    answer: (held: HeldTag) => VersionedAnswer,
  ): Promise<VersionedAnswer> {
    try {
      return await asking;
    } catch (error) {
      const isGone = problemOf(error).code === 'database-unavailable';
      const stale = isGone ? this.timelines.stale(tag) : undefined;
      if (stale === undefined) throw error;
      return { ...answer(stale.shown), staleMs: stale.staleMs };
    }
  }

  private fromMemory(
    { state }: HeldTag,
    answer: Pick<VersionedAnswer, 'body' | 'window'>,
    what: string,
  ): VersionedAnswer {
    const { body, window } = answer;
    const version = `${versionText(state)}-${what}`;
    return { body, window, version, immutable: this.isImmutable(state.status), fromMemory: true };
  }

  private fromSql(row: AnswerRow | undefined, body: string, what: string): VersionedAnswer {
    const window = windowOfRow(row ?? { since: null, until: null }, this.config.iovMode);
    if (row?.state == null) return { body, window, immutable: false, fromMemory: false };
    const [id, revision, mark, status] = row.state;
    const version = `${versionText({ id: BigInt(id), revision: BigInt(revision), mark })}-${what}`;
    return { body, window, version, immutable: this.isImmutable(status), fromMemory: false };
  }

  /** Frozen is final, unless the operator lets tags thaw. */
  private isImmutable(status: string): boolean {
    return status === 'frozen' && !this.config.allowThaw;
  }
}

function headJson(tag: string, at: Moment): string {
  return `{"global_tag":${JSON.stringify(tag)},"at":${momentJson(at)},`;
}
