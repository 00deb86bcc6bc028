import { codeOf, errorField } from '#problems';

/** The code of an error of Node or PostgreSQL (`EACCES`, `28P01`), or the empty string. */
export function errorCode(error: unknown): string {
  return codeOf(error) ?? '';
}

/** What an unknown thrown value says. */
export function errorMessage(error: unknown): string {
  return errorField(error, 'message') ?? String(error);
}
