/** The schema of a time as Django writes it: UTC, microseconds, no zone letter. */
export const DJANGO_TIME = {
  type: 'string',
  pattern: String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$`,
  example: '2026-11-22T06:12:09.158983',
} as const;
