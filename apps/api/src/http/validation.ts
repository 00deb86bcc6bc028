import { type ArgumentMetadata, type PipeTransform, ValidationPipe } from '@nestjs/common';
import { type ValidationError } from 'class-validator';
import { type FieldError, Problem } from '#problems';
import { NULL, REQUIRED, UNKNOWN } from './field-errors.js';

/** How long a list in a body of the native API may be. */
export const MAX_LIST_LENGTH = 10_000;
/** How many mistakes are told at once. */
export const MAX_ERRORS = 10;

/** Bodies and queries of the native API: an unknown field is a mistake worth telling. */
export const strictValidation = validation({ forbidNonWhitelisted: true });

/** The drop-in protocol ignores fields it does not know, as its clients expect. */
export const lenientValidation = validation({ forbidNonWhitelisted: false });

function validation(options: { forbidNonWhitelisted: boolean }): PipeTransform {
  const pipe = new ValidationPipe({
    transform: true,
    whitelist: true,
    ...options,
    exceptionFactory: (errors) => invalidRequest(fieldErrors(errors)),
  });
  return {
    transform(value: unknown, metadata: ArgumentMetadata): unknown {
      // A body without a shape is read by its route.
      if (metadata.type === 'body' && metadata.metatype === Object) return value;
      if (metadata.type !== 'body') return pipe.transform(value, metadata);
      const body = jsonObject(value);
      refuseLongLists(body);
      return pipe.transform(body, metadata);
    },
  };
}

/**
 * A body as an object. One that is missing is an empty one: each required field is then named.
 * @throws Problem invalid-request
 */
export function jsonObject(body: unknown): Readonly<Record<string, unknown>> {
  const given = body ?? {};
  if (typeof given === 'object' && !Array.isArray(given)) return given as Record<string, unknown>;
  throw new Problem('invalid-request', 'The body must be a JSON object.');
}

/** class-validator would first look at every row, for minutes if there are millions. */
function refuseLongLists(body: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(body)) {
    if (!Array.isArray(value) || value.length <= MAX_LIST_LENGTH) continue;
    throw invalidRequest([{ field, message: `At most ${MAX_LIST_LENGTH} ${field} at once.` }]);
  }
}

/** The 400 that names the first wrong fields, its detail being the first of them. */
export function invalidRequest(errors: readonly FieldError[]): Problem {
  const first = errors[0];
  const detail =
    first === undefined ? 'The request is not valid.' : `${first.field}: ${first.message}`;
  return new Problem('invalid-request', detail, errors.slice(0, MAX_ERRORS));
}

function fieldErrors(errors: readonly ValidationError[], path = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = path + error.property;
    if (error.children !== undefined && error.children.length > 0) {
      return fieldErrors(error.children, `${field}.`);
    }
    return [{ field, message: messageOf(error) }];
  });
}

function messageOf(error: ValidationError): string {
  const constraints = error.constraints ?? {};
  if ('whitelistValidation' in constraints) return UNKNOWN;
  if (error.value === undefined) return REQUIRED;
  if (error.value === null) return NULL;
  return Object.values(constraints)[0] ?? 'This value is not valid.';
}
