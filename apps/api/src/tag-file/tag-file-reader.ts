import { createHash } from 'node:crypto';
import { compareMoments, type Interval, type Moment, OPEN_END } from '#iov';
import { type FieldError, Problem } from '#problems';
import { REQUIRED, textError, type TextLimits } from '../http/field-errors.js';
import { parseJson } from '../http/int64-json.js';
import { RowReader } from '../http/row-reader.js';
import { invalidRequest } from '../http/validation.js';
import { type PayloadFile } from '../payload-iov/insertion.js';
import {
  type FileHeader,
  type FileList,
  type FileTrailer,
  FORMAT,
  VERSION,
} from './tag-file-format.js';

/** What a line of a file is. */
export type FileItem =
  | { readonly kind: 'header'; readonly header: FileHeader }
  | { readonly kind: 'list'; readonly list: FileList }
  | { readonly kind: 'payload'; readonly payload: PayloadFile; readonly interval: Interval }
  | { readonly kind: 'trailer' };

const MAY_BE_BLANK = { blank: true };
const AUTHOR = { blank: true, max: 80 };
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a file line by line, and holds it to what it says of itself: counts, order and digest. A file
 * that was read to its trailer without an error is whole, and as it was written.
 */
export class TagFileReader {
  private readonly hash = createHash('sha256');
  private readonly types = new Set<string>();
  private line = 0;
  private header: FileHeader | undefined;
  private list: FileList | undefined;
  private inList = 0n;
  private payloads = 0n;
  private ended = false;

  /** @throws Problem invalid-request, malformed-body, each naming the line */
  read(bytes: Buffer): FileItem {
    this.line++;
    if (this.ended) throw this.broken('Nothing may follow the last line, which has the digest.');
    const value = this.parse(bytes);
    if ('sha256' in value) {
      this.end(value);
      return { kind: 'trailer' };
    }
    this.hash.update(bytes);
    if (this.header === undefined) {
      this.header = this.readHeader(value);
      return { kind: 'header', header: this.header };
    }
    if ('payload_type' in value) {
      this.completeList();
      this.list = this.readList(value);
      return { kind: 'list', list: this.list };
    }
    return { kind: 'payload', ...this.readPayload(value) };
  }

  /** @throws Problem malformed-body if the file ended before its last line */
  finish(): void {
    if (this.ended) return;
    throw new Problem(
      'malformed-body',
      `The file ends after line ${this.line}, without the last line, which has the digest: it is not whole.`,
    );
  }

  private parse(bytes: Buffer): Readonly<Record<string, unknown>> {
    try {
      const value = parseJson(decoder.decode(bytes));
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return value as Record<string, unknown>;
      }
    } catch (error) {
      if (error instanceof Problem) {
        throw new Problem(error.code, `Line ${this.line}: ${error.detail}`);
      }
      // Text that is no JSON, or bytes that are no text.
    }
    throw new Problem('malformed-body', `Line ${this.line} is no JSON object in UTF-8.`);
  }

  private readHeader(value: Readonly<Record<string, unknown>>): FileHeader {
    if (value['format'] !== FORMAT) {
      throw this.broken(
        `This is no exported global tag: its first line has no format "${FORMAT}".`,
      );
    }
    if (value['version'] !== VERSION) {
      throw this.broken(
        `The file is of version ${String(value['version'])} of the format; this server reads ${VERSION}.`,
      );
    }
    return this.fields(value, (row) => ({
      global_tag: row.nameOf('global_tag'),
      author: optionalText(row, 'author', AUTHOR),
      description: optionalText(row, 'description'),
      status: row.nameOf('status'),
      iov_mode: row.text('iov_mode'),
      payload_lists_count: row.integer('payload_lists_count'),
      payload_iov_count: row.integer('payload_iov_count'),
    }));
  }

  private readList(value: Readonly<Record<string, unknown>>): FileList {
    const list = this.fields(value, (row) => ({
      payload_type: row.nameOf('payload_type'),
      payload_type_description: optionalText(row, 'payload_type_description'),
      description: optionalText(row, 'description'),
      payload_iov_count: row.integer('payload_iov_count'),
    }));
    if (this.types.has(list.payload_type)) {
      throw this.broken(
        `There are two lists of the payload type "${list.payload_type}", and a global tag has one of each.`,
      );
    }
    this.types.add(list.payload_type);
    return list;
  }

  private readPayload(value: Readonly<Record<string, unknown>>): {
    payload: PayloadFile;
    interval: Interval;
  } {
    if (this.list === undefined) throw this.broken('A payload comes before any payload list.');
    this.inList++;
    this.payloads++;
    return this.fields(value, (row) => {
      const payload = {
        payloadUrl: exactText(row, 'payload_url'),
        checksum: exactText(row, 'checksum'),
        size: row.optionalInteger('size'),
        revision: optionalText(row, 'revision'),
      };
      const start = moment(row, 'from');
      const end = row.value('until') === null ? OPEN_END : moment(row, 'until');
      if (compareMoments(start, end) > 0) row.complain('until', 'The end is before the start.');
      return { payload, interval: { start, end } };
    });
  }

  private fields<T>(value: Readonly<Record<string, unknown>>, read: (row: RowReader) => T): T {
    const errors: FieldError[] = [];
    const result = read(new RowReader(value, `line ${this.line}: `, errors));
    if (errors.length > 0) throw invalidRequest(errors);
    return result;
  }

  private completeList(): void {
    if (this.list !== undefined && this.inList !== this.list.payload_iov_count) {
      throw this.broken(
        `The list before of "${this.list.payload_type}" has ${this.inList} payloads, ` +
          `but was to have ${this.list.payload_iov_count}.`,
      );
    }
    this.inList = 0n;
  }

  private end(value: Readonly<Record<string, unknown>>): void {
    if (this.header === undefined) throw this.broken('The first line is missing.');
    this.completeList();
    const trailer: FileTrailer = this.fields(value, (row) => ({
      payload_lists_count: row.integer('payload_lists_count'),
      payload_iov_count: row.integer('payload_iov_count'),
      sha256: row.text('sha256'),
    }));
    const counted = {
      payload_lists_count: BigInt(this.types.size),
      payload_iov_count: this.payloads,
    };
    for (const said of [this.header, trailer]) {
      if (
        said.payload_lists_count !== counted.payload_lists_count ||
        said.payload_iov_count !== counted.payload_iov_count
      ) {
        throw this.broken(
          `The file holds ${counted.payload_lists_count} lists with ${counted.payload_iov_count} payloads, ` +
            `but was to hold ${said.payload_lists_count} with ${said.payload_iov_count}.`,
        );
      }
    }
    if (trailer.sha256 !== this.hash.digest('hex')) {
      throw this.broken(
        'The digest is another: the file was changed or damaged after it was written.',
      );
    }
    this.ended = true;
  }

  private broken(sentence: string): Problem {
    return new Problem('malformed-body', `Line ${this.line}: ${sentence}`);
  }
}

/** As it stands there, outer blanks included: it is to be stored so again. */
function exactText(row: RowReader, field: string, limits: TextLimits = MAY_BE_BLANK): string {
  const value = row.value(field);
  const error = value === undefined ? REQUIRED : textError(value, limits);
  if (error === undefined) return value as string;
  row.complain(field, error);
  return '';
}

function optionalText(row: RowReader, field: string, limits?: TextLimits): string | null {
  return row.value(field) === null ? null : exactText(row, field, limits);
}

function moment(row: RowReader, field: string): Moment {
  const inner = row.inner(field, 'Must be a moment: { "major": …, "minor": … }.');
  return { major: inner.integer('major'), minor: inner.integer('minor') };
}
