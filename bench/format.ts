/** 5200000 → "5,200,000". */
export const formatCount = (count: number): string => Math.round(count).toLocaleString('en-US');

/** Per second: 0.4, 9.9, 1,143. */
export const formatRate = (perSecond: number): string =>
  perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond);

export const formatRatio = (ratio: number): string => ratio.toFixed(2);

/** Milliseconds with three figures that matter: 0.42, 6.4, 705. */
export const formatMilliseconds = (milliseconds: number): string =>
  milliseconds.toFixed(milliseconds < 1 ? 2 : milliseconds < 100 ? 1 : 0);

/** Bytes in decimal units: 1.7 kB, 34 kB, 2.4 GB. */
export function formatBytes(bytes: number): string {
  const unit = UNITS.find(([size]) => bytes >= size);
  if (!unit) return `${formatCount(bytes)} B`;
  const value = bytes / unit[0];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit[1]}`;
}

const UNITS = [
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
] as const;
