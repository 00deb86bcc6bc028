/** The code of an error of Node or PostgreSQL (`EACCES`, `28P01`), or the empty string. */
export function errorCode(error: unknown): string {
  return errorField(error, 'code') ?? '';
}

/** What an unknown thrown value says. */
export function errorMessage(error: unknown): string {
  return errorField(error, 'message') ?? String(error);
}

/** A text that an error carries, `undefined` if it has none of this name. */
export function errorField(error: unknown, field: string): string | undefined {
  // Node's own errors are no `instanceof Error` where code runs in a context of its own.
  if (typeof error !== 'object' || error === null) return undefined;
  const value = (error as Record<string, unknown>)[field];
  return typeof value === 'string' ? value : undefined;
}
