import { type Placed } from '#iov';

/** A payload list of the global tag. */
export interface TimelineList {
  /** The list's id in the database. */
  readonly id: bigint;
  /** The name of its payload type. Answers are sorted by its UTF-8 bytes, then by the list's id. */
  readonly payloadType: string;
}

/** A payload of a list: its id, its interval as stored, and what answers show of it. */
export interface TimelineRow extends Placed {
  /**
   * The row of the drop-in protocol as JSON text, `["Type","url","checksum",size,major,minor,
   * major_end,minor_end,revision]`: written into answers byte for byte. At most 65,535 bytes.
   */
  readonly json: string | Uint8Array;
}

/** In place of a row's number: the list answers nothing. */
export const NO_ROW = 0xffffffff;

/** Row numbers from here on are not those of the base but of the list's patch; or `NO_ROW`. */
export const PATCHED = 0x80000000;
