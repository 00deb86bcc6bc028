import { type Moment } from '#iov';
import { type Int64Column, openColumn } from './int64-column.js';
import { partitionPoint } from './partition-point.js';
import { type TimelineParts } from './timeline-parts.js';
import { NO_ROW } from './timeline-row.js';

/** The rows of all lists in order of start: which of them answer, and what their fields are. */
export class MergedRows {
  readonly length: number;
  private readonly lists: number;
  private readonly majors: Int64Column;
  private readonly minors: Int64Column;
  private readonly endMajors: Int64Column;
  private readonly endMinors: Int64Column;
  private readonly ids: Int64Column;
  private readonly places: Uint32Array;
  private readonly listOfFrame: Uint16Array;
  private readonly checkpoints: Uint32Array;
  private readonly spacing: number;

  constructor(parts: TimelineParts) {
    this.length = parts.rows;
    this.lists = parts.lists.length;
    this.majors = openColumn(parts.majors);
    this.minors = openColumn(parts.minors);
    this.endMajors = openColumn(parts.endMajors);
    this.endMinors = openColumn(parts.endMinors);
    this.ids = openColumn(parts.ids);
    this.places = new Uint32Array(parts.places);
    this.listOfFrame = new Uint16Array(parts.frames.lists);
    this.checkpoints = new Uint32Array(parts.checkpoints);
    this.spacing = parts.spacing;
  }

  start(row: number): Moment {
    return { major: this.majors.at(row), minor: this.minors.at(row) };
  }

  end(row: number): Moment {
    return { major: this.endMajors.at(row), minor: this.endMinors.at(row) };
  }

  id(row: number): bigint {
    return this.ids.at(row);
  }

  list(row: number): number {
    return this.listOfFrame[(this.places[2 * row + 1] ?? 0) >>> 16] ?? 0;
  }

  /** How many rows start before `moment`, or at it if `including`. O(log n) */
  startedBy(moment: Moment, including: boolean): number {
    const major = this.majors.comparedWith(moment.major);
    const minor = this.minors.comparedWith(moment.minor);
    return partitionPoint(this.length, (row) => {
      const order = major(row) || minor(row);
      return order < 0 || (order === 0 && including);
    });
  }

  /** Into `latest`, for every list, its last row among the first `count` rows, or `NO_ROW`. */
  latest(count: number, latest: Uint32Array): void {
    const block = this.blockBefore(count);
    const { lists, listOfFrame, places } = this;
    const checkpoint = block * lists;
    for (let list = 0; list < lists; list++) {
      latest[list] = this.checkpoints[checkpoint + list] ?? NO_ROW;
    }
    for (let row = block * this.spacing; row < count; row++) {
      latest[listOfFrame[(places[2 * row + 1] ?? 0) >>> 16] ?? 0] = row;
    }
  }

  /** The last row of one list among the first `count` rows, or `NO_ROW`. */
  latestOf(list: number, count: number): number {
    const block = this.blockBefore(count);
    for (let row = count - 1; row >= block * this.spacing; row--) {
      if (this.list(row) === list) return row;
    }
    return this.checkpoints[block * this.lists + list] ?? NO_ROW;
  }

  /** The first row of one list from the row `from` on and before the row `until`, or `NO_ROW`. */
  firstOf(list: number, from: number, until: number): number {
    const { lists, spacing, checkpoints } = this;
    for (let block = Math.floor(from / spacing); block * spacing < until; block++) {
      const latest = checkpoints[block * lists + list];
      if (latest === checkpoints[(block + 1) * lists + list]) continue;
      const end = Math.min(until, (block + 1) * spacing);
      for (let row = Math.max(from, block * spacing); row < end; row++) {
        if (this.list(row) === list) return row;
      }
    }
    return NO_ROW;
  }

  /** The checkpoint to go on from to the first `count` rows. */
  private blockBefore(count: number): number {
    return Math.floor(Math.max(0, Math.min(count, this.length) - 1) / this.spacing);
  }
}
