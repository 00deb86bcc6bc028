/** What the first line of a file says it is. */
export const FORMAT = 'tempora-export';
/** A file of another version is refused. */
export const VERSION = 1;
/** Longer than any line can be whose fields are as long as they may be. */
export const MAX_LINE_BYTES = 65_536;

/** The first line: the tag. */
export interface FileHeader {
  readonly global_tag: string;
  readonly author: string | null;
  readonly description: string | null;
  readonly status: string;
  readonly iov_mode: string;
  readonly payload_lists_count: bigint;
  readonly payload_iov_count: bigint;
}

/** Before the payloads of a list: the list. */
export interface FileList {
  readonly payload_type: string;
  readonly payload_type_description: string | null;
  readonly description: string | null;
  readonly payload_iov_count: bigint;
}

/** The last line: what was written, and the SHA-256 of all lines before, line ends included. */
export interface FileTrailer {
  readonly payload_lists_count: bigint;
  readonly payload_iov_count: bigint;
  readonly sha256: string;
}
