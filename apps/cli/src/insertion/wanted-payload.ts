import { readFileSync } from 'node:fs';
import { type Moment } from '#iov';
import { Failure } from '../failure.js';
import { parseJson } from '../http/exact-json.js';
import { integer, object, optional, type Shape, ShapeError, text } from '../http/shape.js';
import { MomentShape, parseEnd, parseMoment } from '../moment-text.js';
import { unreadable } from './file-digest.js';

type End = Moment | 'next' | 'open';

/** A payload that is to be inserted, as it was asked for. */
export interface WantedPayload {
  readonly payloadType: string;
  readonly from: Moment;
  readonly until: End;
  /** A file that can be read here; without one, checksum and URL are given. */
  readonly file?: string | undefined;
  readonly url?: string | undefined;
  readonly checksum?: string | undefined;
  readonly size?: bigint | undefined;
  readonly revision?: string | undefined;
}

export interface InsertOptions {
  readonly type?: string;
  readonly from?: Moment;
  readonly until: End;
  readonly url?: string;
  readonly checksum?: string;
  readonly size?: bigint;
  readonly revision?: string;
  readonly manifest?: string;
}

const Entry = object({
  payload_type: optional(text),
  from: momentOr(text, (typed) => parseMoment(typed)),
  until: optional(momentOr(text, (typed) => parseEnd(typed))),
  file: optional(text),
  payload_url: optional(text),
  checksum: optional(text),
  size: optional(integer),
  revision: optional(text),
});
const ENTRY_FIELDS = /^(payload_type|from|until|file|payload_url|checksum|size|revision)$/;

/**
 * What the command line asks for.
 * @param files `FILE` with `--type`, else `TYPE=FILE`
 * @throws Failure if it does not say enough, or too much
 */
export function wantedPayloads(files: readonly string[], options: InsertOptions): WantedPayload[] {
  if (options.manifest !== undefined) {
    if (files.length > 0 || options.from !== undefined || options.url !== undefined) {
      throw usage('The manifest says it all: leave out files, --from and --url.');
    }
    return readManifest(options.manifest, options);
  }
  const { type, from, until, url, checksum, size, revision } = options;
  if (from === undefined)
    throw usage('Say from when on it is valid: --from 1250, or a --manifest.');
  if (files.length > 1 && (type !== undefined || url !== undefined)) {
    throw usage('One interval holds one payload of a type: write TYPE=FILE, or a --manifest.');
  }
  const common = { from, until, url, checksum, size, revision };
  if (files.length === 0) {
    if (type === undefined || url === undefined || checksum === undefined) {
      throw usage('Name a file; without one, --type, --url and --checksum say what there is.');
    }
    return [{ payloadType: type, ...common }];
  }
  return files.map((argument) => ({ ...typedFile(argument, type), ...common }));
}

function typedFile(argument: string, type: string | undefined) {
  if (type !== undefined) return { payloadType: type, file: argument };
  const [, payloadType, file] = /^([^=]+)=(.+)$/s.exec(argument) ?? [];
  if (payloadType === undefined || file === undefined) {
    throw usage(`Which payload type is ${argument}? Say --type, or TYPE=${argument}.`);
  }
  return { payloadType, file };
}

/** A JSON array, or an object a line. */
function readManifest(path: string, { type, until }: InsertOptions): WantedPayload[] {
  return entriesOf(path).map((value, index) => {
    const where = `entry ${index + 1}`;
    try {
      const { payload_type, payload_url, ...entry } = Entry(value, where);
      const unknown = Object.keys(entry).find((name) => !ENTRY_FIELDS.test(name));
      if (unknown !== undefined) throw new ShapeError(`${where} has an unknown field "${unknown}"`);
      const payloadType = payload_type ?? type;
      if (payloadType === undefined) throw new ShapeError(`${where} has no payload_type`);
      return { ...entry, until: entry.until ?? until, payloadType, url: payload_url };
    } catch (error) {
      if (!(error instanceof ShapeError || error instanceof Failure)) throw error;
      throw new Failure('invalid', `${path}: ${where}: ${error.message}`);
    }
  });
}

function entriesOf(path: string): unknown[] {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    if (content.trimStart().startsWith('[')) return parseJson(content) as unknown[];
    return content.split('\n').flatMap((line) => (line.trim() === '' ? [] : [parseJson(line)]));
  } catch (error) {
    throw new Failure(
      'invalid',
      `${path} is neither a JSON array nor one JSON object a line: ${(error as Error).message}`,
    );
  }
}

/** A moment as the API writes it, or as it is typed. */
function momentOr<T>(typed: Shape<string>, parse: (text: string) => T): Shape<Moment | T> {
  return (value, where) =>
    typeof value === 'object' ? MomentShape(value, where) : parse(typed(textOf(value), where));
}

function textOf(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
}

function usage(message: string): Failure {
  return new Failure('usage', message);
}
