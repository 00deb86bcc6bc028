/**
 * The schema of an exact integer from 0 to 2^63-1. It states no maximum: as a JSON number 2^63-1
 * is read as 2^63 by most parsers, so that a document which carries it would say something else.
 */
export const INT64 = { type: 'integer', format: 'int64', minimum: 0 } as const;

/** The schema of how many of something there are: a number that every parser reads exactly. */
export const COUNT = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
