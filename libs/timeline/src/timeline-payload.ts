import { type Moment, type Placed } from '#iov';
import { type LatestRows } from './latest-rows.js';
import { FIELDS, findFields } from './row-fields.js';
import { type TimelineList } from './timeline-row.js';

/** A payload of the timeline. Nothing is decoded before it is asked for. */
export class TimelinePayload implements Placed {
  constructor(
    private readonly latest: LatestRows,
    private readonly number: number,
    private readonly row: number,
  ) {}

  get list(): TimelineList {
    return this.latest.slot(this.number).list;
  }

  get id(): bigint {
    return this.latest.id(this.number, this.row);
  }

  get start(): Moment {
    return this.latest.start(this.number, this.row);
  }

  /** As stored: the payload may be superseded before it. */
  get end(): Moment {
    return this.latest.end(this.number, this.row);
  }

  /** The row of the drop-in protocol, as JSON text. */
  get json(): Buffer {
    return this.latest.json(this.number, this.row);
  }

  /**
   * The nine values of that row, each as JSON text: payload type, URL, checksum, size, major, minor,
   * both of the end, revision.
   * @throws TypeError if the row's JSON is not an array of nine
   */
  fields(): string[] {
    const { json } = this;
    const bounds = new Uint32Array(2 * FIELDS);
    findFields(json, 0, bounds);
    return Array.from({ length: FIELDS }, (_, i) =>
      json.toString('utf8', bounds[2 * i], bounds[2 * i + 1]),
    );
  }
}
