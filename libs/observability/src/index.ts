export { EXPOSITION_TYPE, expositionOf } from './exposition.js';
export { counter, type Family, gauge, histogram, type Sample } from './family.js';
export { Histogram, SECONDS } from './histogram.js';
export { Runtime } from './runtime.js';
export { VERSION } from './version.js';
