/** The code that the system or PostgreSQL gave an error (`EACCES`, `28P01`). */
export function codeOf(error: unknown): string | undefined {
  return errorField(error, 'code');
}

/** A text that an error carries, `undefined` if it has none of this name. */
export function errorField(error: unknown, field: string): string | undefined {
  // Node's own errors are no `instanceof Error` where code runs in a context of its own.
  if (typeof error !== 'object' || error === null) return undefined;
  const value = (error as Record<string, unknown>)[field];
  return typeof value === 'string' ? value : undefined;
}
