import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, registerDecorator, ValidateIf } from 'class-validator';
import { Problem } from '#problems';
import { int64Error, textError, wholeError } from './field-errors.js';
import { INT64 } from './integers.js';
import { knownNameError, nameError } from './names.js';

/** One decorator per field: it states the validator and the schema together. */
interface Field {
  description: string;
  example?: unknown;
  /** May be absent. */
  optional?: boolean;
  /** May be null, and null is kept apart from absent. */
  nullable?: boolean;
}

const trimmed = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim() : value,
);

function presence(field: Field): PropertyDecorator[] {
  if (field.nullable === true && field.optional === true) return [IsOptional()];
  if (field.nullable === true) return [ValidateIf((_, value) => value !== null)];
  if (field.optional === true) return [ValidateIf((_, value) => value !== undefined)];
  return [];
}

function schema(field: Field, more: ApiPropertyOptions): PropertyDecorator {
  const options = {
    description: field.description,
    ...(field.example === undefined ? {} : { example: field.example }),
    ...(field.nullable === true ? { nullable: true } : {}),
    ...more,
  } as ApiPropertyOptions;
  return field.optional === true ? ApiPropertyOptional(options) : ApiProperty(options);
}

/** A name to be made, of 1 to `max` characters ({@link nameError}); outer blanks are cut. */
export function Name(field: Field & { max?: number }): PropertyDecorator {
  const max = field.max ?? 80;
  return applyDecorators(
    schema(field, { type: String, minLength: 1, maxLength: max }),
    trimmed,
    ...presence(field),
    checked((value) => nameError(value, max)),
  );
}

/** The name of something that is there, exactly as it is: old ones may contain anything. */
export function NameOf(field: Field & { max?: number }): PropertyDecorator {
  const max = field.max ?? 80;
  return applyDecorators(
    schema(field, { type: String, minLength: 1, maxLength: max }),
    ...presence(field),
    checked((value) => knownNameError(value, max)),
  );
}

/** A text of at most `max` characters (default 255). */
export function Text(field: Field & { max?: number; blank?: boolean }): PropertyDecorator {
  const max = field.max ?? 255;
  return applyDecorators(
    schema(field, { type: String, maxLength: max }),
    trimmed,
    ...presence(field),
    checked((value) => textError(value, field)),
  );
}

/** An exact integer from 0 to 2^63-1: a JSON number, or its decimal digits as a string. It becomes a bigint. */
export function Int64(field: Field): PropertyDecorator {
  return applyDecorators(
    schema(field, INT64),
    Transform(({ value }: { value: unknown }) => toBigInt(value)),
    ...presence(field),
    checked(int64Error),
  );
}

/** A whole number in a range, in a query string or a body. */
export function Whole(field: Field & { min: number; max: number }): PropertyDecorator {
  return applyDecorators(
    schema(field, { type: 'integer', minimum: field.min, maximum: field.max }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    ...presence(field),
    checked((value) => wholeError(value, field)),
  );
}

/** One of a few words. */
export function OneOf(field: Field & { words: readonly string[] }): PropertyDecorator {
  return applyDecorators(
    schema(field, { type: String, enum: [...field.words] }),
    ...presence(field),
    IsIn(field.words, { message: `Choose one of: ${field.words.join(', ')}.` }),
  );
}

/** true or false, in a query string or a body. */
export function Flag(field: Field): PropertyDecorator {
  return applyDecorators(
    schema(field, { type: Boolean }),
    Transform(({ value }: { value: unknown }) =>
      value === 'true' ? true : value === 'false' ? false : value,
    ),
    ...presence(field),
    IsBoolean({ message: 'Must be true or false.' }),
  );
}

/** The value as a bigint where it is an integer, else as it came. */
export function toBigInt(value: unknown): unknown {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,40}$/.test(value)) return BigInt(value);
  return value;
}

/** One check with a message of its own for whatever is wrong. */
function checked(errorOf: (value: unknown) => string | undefined): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'field',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => errorOf(value) === undefined,
        defaultMessage: (args) => errorOf(args?.value) ?? '',
      },
    });
  };
}

/** A name that comes by another way than a body, by the same rules. @throws Problem invalid-request */
export function newName(value: string): string {
  const name = value.trim();
  const message = nameError(name);
  if (message === undefined) return name;
  throw new Problem('invalid-request', `name: ${message}`, [{ field: 'name', message }]);
}
