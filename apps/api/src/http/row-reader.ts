import { setImmediate as otherRequests } from 'node:timers/promises';
import { type FieldError } from '#problems';
import { int64Error, NULL, REQUIRED, textError, type TextLimits, UNKNOWN } from './field-errors.js';
import { toBigInt } from './fields.js';
import { knownNameError } from './names.js';
import { invalidRequest, MAX_ERRORS } from './validation.js';

/** How many rows are read before other requests get their turn: a few milliseconds. */
const SLICE = 1_000;

type Row = Readonly<Record<string, unknown>>;

/**
 * Reads the rows of a body one after another, by hand: class-validator takes many times as long.
 * @param path where they are in the body: `payloads.`
 * @throws Problem invalid-request naming rows and fields
 */
export async function readRows<T>(
  values: readonly unknown[],
  path: string,
  read: (row: RowReader) => T,
): Promise<T[]> {
  const errors: FieldError[] = [];
  const rows: T[] = [];
  for (const [index, value] of values.entries()) {
    if (index % SLICE === SLICE - 1) await otherRequests();
    if (isRow(value)) rows.push(read(new RowReader(value, `${path}${index}.`, errors)));
    else errors.push({ field: `${path}${index}`, message: 'Must be an object.' });
    if (errors.length >= MAX_ERRORS) break;
  }
  if (errors.length > 0) throw invalidRequest(errors);
  return rows;
}

/** Reads one row. What is wrong is put down among the errors, and something else stands in for it. */
export class RowReader {
  constructor(
    private readonly row: Row,
    private readonly path: string,
    private readonly errors: FieldError[],
  ) {}

  /** A field as it came. */
  value(field: string): unknown {
    return this.row[field];
  }

  complain(field: string, message: string): void {
    this.errors.push({ field: this.path + field, message });
  }

  /** No other field may be there. */
  only(fields: ReadonlySet<string>): void {
    for (const field of Object.keys(this.row)) {
      if (!fields.has(field)) this.complain(field, UNKNOWN);
    }
  }

  /** An object that must be there, and `message` if it is something else. */
  inner(field: string, message: string): RowReader {
    const value = this.row[field];
    if (isRow(value)) return new RowReader(value, `${this.path}${field}.`, this.errors);
    this.complain(field, absence(value) ?? message);
    return new RowReader({}, '', []);
  }

  /** A text that must be there; outer blanks are cut. */
  text(field: string, errorOf: (value: unknown) => string | undefined = textError): string {
    return this.exactText(field, trimmed(this.row[field]), errorOf);
  }

  /** The name of something that is there, exactly as it is. */
  nameOf(field: string, max?: number): string {
    return this.exactText(field, this.row[field], (value) => knownNameError(value, max));
  }

  /** A text that may be absent or null. */
  optionalText(field: string, limits: TextLimits): string | null {
    if (this.isAbsent(field)) return null;
    return this.text(field, (value) => textError(value, limits));
  }

  /** An integer from 0 to 2^63-1 that must be there. */
  integer(field: string): bigint {
    const value = toBigInt(this.row[field]);
    const error = absence(value) ?? int64Error(value);
    if (error === undefined) return value as bigint;
    this.complain(field, error);
    return 0n;
  }

  /** An integer that may be absent or null. */
  optionalInteger(field: string): bigint | null {
    return this.isAbsent(field) ? null : this.integer(field);
  }

  private exactText(
    field: string,
    value: unknown,
    errorOf: (value: unknown) => string | undefined,
  ): string {
    const error = absence(value) ?? errorOf(value);
    if (error === undefined) return value as string;
    this.complain(field, error);
    return '';
  }

  private isAbsent(field: string): boolean {
    return this.row[field] === undefined || this.row[field] === null;
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function absence(value: unknown): string | undefined {
  if (value === undefined) return REQUIRED;
  return value === null ? NULL : undefined;
}

function trimmed(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value;
}
